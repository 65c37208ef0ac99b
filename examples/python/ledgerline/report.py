"""What a journal says: balances by account, a running register, budgets."""

from .money import Money
from .table import Column, Table


class Report:
    """Figures over one journal, in one currency when a rate table is given."""

    def __init__(self, journal, rates=None, currency=None):
        if (rates is None) != (currency is None):
            raise ValueError("give both rates and currency, or neither")
        self.journal = journal
        self.rates = rates
        self.currency = currency

    def _value(self, amount):
        if self.rates is None:
            return amount
        return self.rates.convert(amount, self.currency)

    def balances(self, depth=None):
        """Total per account and currency, each account holding what is below it."""
        totals = {}
        for entry in self.journal:
            for posting in entry.postings:
                amount = self._value(posting.amount)
                parts = posting.account.split(":")
                for level in range(1, len(parts) + 1):
                    if depth is not None and level > depth:
                        break
                    name = ":".join(parts[:level])
                    account = totals.setdefault(name, {})
                    if amount.currency in account:
                        account[amount.currency] += amount
                    else:
                        account[amount.currency] = amount
        return totals

    def balance(self, account):
        """One account's totals, largest currency first by name."""
        totals = self.balances().get(account, {})
        return [totals[currency] for currency in sorted(totals)]

    def register(self, account):
        """(day, payee, change, running total) for each posting below an account."""
        running = {}
        rows = []
        for entry in self.journal:
            for posting in entry.postings:
                if posting.account != account and not posting.account.startswith(account + ":"):
                    continue
                change = self._value(posting.amount)
                before = running.get(change.currency, Money(0, change.currency))
                running[change.currency] = before + change
                rows.append((entry.day, entry.payee, change, running[change.currency]))
        return rows

    def monthly(self, account):
        """Total change per month, ``{"2026-01": [Money, …]}``, months without change left out."""
        months = {}
        for day, _, change, _ in self.register(account):
            name = "{:04d}-{:02d}".format(day.year, day.month)
            month = months.setdefault(name, {})
            known = month.get(change.currency)
            month[change.currency] = change if known is None else known + change
        return {
            name: [month[currency] for currency in sorted(month)]
            for name, month in sorted(months.items())
        }

    def balance_sheet(self, depth=2):
        """A table of accounts, indented by level, zero balances left out, with the grand total."""
        table = Table([Column("Account"), Column("Balance", align="right")])
        totals = self.balances(depth)
        grand = {}
        for name in sorted(totals):
            level = name.count(":")
            amounts = [totals[name][currency] for currency in sorted(totals[name])]
            shown = [amount for amount in amounts if amount]
            if not shown:
                continue
            label = "." * (2 * level) + name.rsplit(":", 1)[-1]
            for amount in shown:
                table.add(label, amount.format())
                label = ""
                if level == 0:
                    before = grand.get(amount.currency, Money(0, amount.currency))
                    grand[amount.currency] = before + amount
        table.rule()
        for currency in sorted(grand):
            table.add("Total", grand[currency].format())
        return table.render()


class Budget:
    """Monthly limits per account."""

    def __init__(self, limits):
        self.limits = dict(limits)

    def check(self, report, month):
        """(account, spent, limit, status) in order of urgency; status is ok, near or over."""
        order = {"over": 0, "near": 1, "ok": 2}
        rows = []
        for account, limit in self.limits.items():
            spent = Money(0, limit.currency)
            for amount in report.monthly(account).get(month, []):
                if amount.currency == limit.currency:
                    spent += amount
            if spent > limit:
                status = "over"
            elif spent * 10 >= limit * 9:
                status = "near"
            else:
                status = "ok"
            rows.append((account, spent, limit, status))
        rows.sort(key=lambda row: (order[row[3]], row[0]))
        return rows

    def left(self, report, month):
        """What may still be spent per account; nothing once the limit is passed."""
        rest = {}
        for account, spent, limit, status in self.check(report, month):
            rest[account] = Money(0, limit.currency) if status == "over" else limit - spent
        return rest
