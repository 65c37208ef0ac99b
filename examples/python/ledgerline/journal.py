"""The journal file: dated transactions whose postings add up to nothing."""

from collections import namedtuple
from datetime import date

from .expression import ExpressionError, evaluate
from .money import Money, MoneyError

Posting = namedtuple("Posting", "account amount")


class JournalError(ValueError):
    """Something is wrong on a line; ``line`` counts from 1."""

    def __init__(self, message, line):
        super().__init__("line {}: {}".format(line, message))
        self.line = line


class Transaction:
    def __init__(self, day, payee, postings, cleared=False, tags=()):
        self.day = day
        self.payee = payee
        self.postings = list(postings)
        self.cleared = cleared
        self.tags = frozenset(tags)

    def imbalance(self):
        """What the postings add up to, per currency, without the zeros."""
        totals = {}
        for posting in self.postings:
            currency = posting.amount.currency
            if currency in totals:
                totals[currency] += posting.amount
            else:
                totals[currency] = posting.amount
        return {currency: total for currency, total in totals.items() if total}

    def touches(self, account):
        """Whether a posting is in the account or below it."""
        prefix = account + ":"
        for posting in self.postings:
            if posting.account == account or posting.account.startswith(prefix):
                return True
        return False


class Journal:
    """Transactions in order of their dates; equal dates keep the order of the file."""

    def __init__(self, transactions=()):
        self._transactions = sorted(transactions, key=lambda entry: entry.day)

    def __iter__(self):
        return iter(self._transactions)

    def __len__(self):
        return len(self._transactions)

    def select(self, account=None, first=None, last=None, tag=None, cleared=None):
        """The transactions that meet every condition given."""
        chosen = []
        for entry in self._transactions:
            if first is not None and entry.day < first:
                continue
            if last is not None and entry.day > last:
                continue
            if account is not None and not entry.touches(account):
                continue
            if tag is not None and tag not in entry.tags:
                continue
            if cleared is not None and entry.cleared != cleared:
                continue
            chosen.append(entry)
        return Journal(chosen)

    def accounts(self):
        names = {posting.account for entry in self for posting in entry.postings}
        return sorted(names)


class JournalParser:
    """Reads one journal. Aliases and definitions hold from their line on."""

    def __init__(self, default_currency="EUR"):
        self.default_currency = default_currency
        self._aliases = {}
        self._definitions = {}
        self._transactions = []
        self._open = None

    def parse(self, text):
        number = 0
        for number, raw in enumerate(text.splitlines(), start=1):
            line = raw.split(";", 1)[0].rstrip()
            if not line:
                self._close(number)
            elif line[0].isspace():
                self._posting(line.strip(), number)
            else:
                self._close(number)
                if line[0].isdigit():
                    self._header(line, number)
                else:
                    self._directive(line, number)
        self._close(number)
        return Journal(self._transactions)

    def _directive(self, line, number):
        word, _, rest = line.partition(" ")
        if word == "currency":
            if len(rest.strip()) != 3:
                raise JournalError("not a currency code: {}".format(rest.strip()), number)
            self.default_currency = rest.strip().upper()
        elif word in ("alias", "define"):
            name, equals, value = rest.partition("=")
            if not equals or not name.strip() or not value.strip():
                raise JournalError("expected {} NAME = VALUE".format(word), number)
            if word == "alias":
                self._aliases[name.strip()] = value.strip()
            else:
                self._definitions[name.strip()] = self._number(value.strip(), number)
        else:
            raise JournalError("unknown directive {!r}".format(word), number)

    def _header(self, line, number):
        stamp, _, rest = line.partition(" ")
        try:
            year, month, day = (int(part) for part in stamp.replace("/", "-").split("-"))
            when = date(year, month, day)
        except ValueError:
            raise JournalError("not a date: {}".format(stamp), number)
        rest = rest.strip()
        cleared = rest.startswith("*")
        if cleared:
            rest = rest[1:].lstrip()
        words = rest.split()
        tags = [word[1:] for word in words if word.startswith("#") and len(word) > 1]
        payee = " ".join(word for word in words if not word.startswith("#"))
        if not payee:
            raise JournalError("a transaction needs a payee", number)
        self._open = (when, payee, cleared, tags, [], number)

    def _posting(self, line, number):
        if self._open is None:
            raise JournalError("a posting outside a transaction", number)
        account, amount = split_posting(line)
        account = self._expand(account)
        self._open[4].append((account, self._amount(amount, number) if amount else None))

    def _expand(self, account):
        head, colon, rest = account.partition(":")
        return self._aliases.get(head, head) + colon + rest

    def _amount(self, text, number):
        if "(" not in text:
            try:
                if text[-1].isdigit():
                    return Money.parse("{} {}".format(text, self.default_currency))
                return Money.parse(text)
            except MoneyError as error:
                raise JournalError(str(error), number)
        opening, closing = text.index("("), text.rindex(")") if ")" in text else -1
        if closing < opening:
            raise JournalError("unbalanced parentheses", number)
        value = self._number(text[opening + 1 : closing], number)
        sign = -1 if text[:opening].strip() == "-" else 1
        currency = text[closing + 1 :].strip() or self.default_currency
        try:
            return Money.of(sign * value, currency)
        except MoneyError as error:
            raise JournalError(str(error), number)

    def _number(self, text, number):
        try:
            return evaluate(text, self._definitions)
        except ExpressionError as error:
            raise JournalError(str(error), number)

    def _close(self, number):
        if self._open is None:
            return
        when, payee, cleared, tags, lines, start = self._open
        self._open = None
        if len(lines) < 2:
            raise JournalError("a transaction needs two postings", start)
        blanks = [account for account, amount in lines if amount is None]
        postings = [Posting(account, amount) for account, amount in lines if amount is not None]
        entry = Transaction(when, payee, postings, cleared, tags)
        missing = entry.imbalance()
        if len(blanks) > 1:
            raise JournalError("only one posting may leave out its amount", start)
        if blanks:
            for currency in sorted(missing):
                entry.postings.append(Posting(blanks[0], -missing[currency]))
        elif missing:
            rest = ", ".join(str(missing[currency]) for currency in sorted(missing))
            raise JournalError("postings do not balance: {} left over".format(rest), start)
        self._transactions.append(entry)


def split_posting(line):
    """Account and amount are parted by two spaces or a tab; the amount may be absent."""
    for index, char in enumerate(line):
        if char == "\t" or line[index : index + 2] == "  ":
            return line[:index], line[index:].strip()
    return line, ""


def parse_journal(text, default_currency="EUR"):
    """Reads a journal; raises JournalError with the line of the first problem."""
    return JournalParser(default_currency).parse(text)
