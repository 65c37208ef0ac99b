import unittest
from datetime import date

from ledgerline.journal import parse_journal
from ledgerline.money import Money
from ledgerline.rates import RateTable
from ledgerline.report import Budget, Report

JOURNAL = """\
2026-01-01 Opening
    Assets:Bank          1000 EUR
    Equity

2026-01-10 Market
    Expenses:Food:Fruit  12.50 EUR
    Assets:Bank

2026-01-20 Restaurant
    Expenses:Food        40 EUR
    Assets:Bank

2026-02-02 Conference
    Expenses:Travel      300 USD
    Assets:Card

2026-02-03 Market
    Expenses:Food:Fruit  7.50 EUR
    Assets:Bank
"""


class BalancesTest(unittest.TestCase):
    def setUp(self):
        self.report = Report(parse_journal(JOURNAL))

    def test_parents_hold_their_children(self):
        self.assertEqual(self.report.balance("Expenses:Food"), [Money(6000, "EUR")])
        self.assertEqual(self.report.balance("Expenses:Food:Fruit"), [Money(2000, "EUR")])
        self.assertEqual(self.report.balance("Expenses"), [Money(6000, "EUR"), Money(30000, "USD")])
        self.assertEqual(self.report.balance("Nowhere"), [])

    def test_depth(self):
        self.assertEqual(
            sorted(self.report.balances(depth=1)), ["Assets", "Equity", "Expenses"]
        )
        self.assertIn("Expenses:Food", self.report.balances(depth=2))
        self.assertNotIn("Expenses:Food:Fruit", self.report.balances(depth=2))

    def test_one_currency(self):
        rates = RateTable()
        rates.add("EUR", "USD", "1.25")
        report = Report(parse_journal(JOURNAL), rates, "EUR")
        self.assertEqual(report.balance("Expenses"), [Money(30000, "EUR")])

    def test_rates_and_currency_belong_together(self):
        with self.assertRaises(ValueError):
            Report(parse_journal(""), currency="EUR")
        with self.assertRaises(ValueError):
            Report(parse_journal(""), RateTable())


class RegisterTest(unittest.TestCase):
    def setUp(self):
        self.report = Report(parse_journal(JOURNAL))

    def test_running_total(self):
        rows = self.report.register("Expenses:Food")
        self.assertEqual([row[3].minor for row in rows], [1250, 5250, 6000])
        self.assertEqual(rows[0][:2], (date(2026, 1, 10), "Market"))

    def test_only_whole_names_match(self):
        self.assertEqual(self.report.register("Exp"), [])

    def test_monthly(self):
        self.assertEqual(
            self.report.monthly("Expenses"),
            {
                "2026-01": [Money(5250, "EUR")],
                "2026-02": [Money(750, "EUR"), Money(30000, "USD")],
            },
        )


class BalanceSheetTest(unittest.TestCase):
    def test_prints(self):
        journal = parse_journal(JOURNAL).select(last=date(2026, 1, 31))
        self.assertEqual(
            Report(journal).balance_sheet().splitlines(),
            [
                "Account         Balance",
                "-----------------------",
                "Assets       947.50 EUR",
                "..Bank       947.50 EUR",
                "Equity    -1,000.00 EUR",
                "Expenses      52.50 EUR",
                "..Food        52.50 EUR",
                "-----------------------",
                "Total          0.00 EUR",
            ],
        )

    def test_several_currencies_share_a_label(self):
        lines = Report(parse_journal(JOURNAL)).balance_sheet(depth=1).splitlines()
        self.assertEqual(lines[2], "Assets       940.00 EUR")
        self.assertEqual(lines[3], "            -300.00 USD")

    def test_leaves_out_empty_accounts(self):
        journal = parse_journal("2026-01-01 X\n  A  1\n  B\n2026-01-02 Y\n  A  -1\n  B\n")
        self.assertEqual(Report(journal).balance_sheet(), "Account  Balance\n----------------")


class BudgetTest(unittest.TestCase):
    def setUp(self):
        self.report = Report(parse_journal(JOURNAL))
        self.budget = Budget(
            {
                "Expenses:Food": Money(5000, "EUR"),
                "Expenses:Food:Fruit": Money(1300, "EUR"),
                "Expenses:Travel": Money(50000, "USD"),
            }
        )

    def test_most_urgent_first(self):
        rows = self.budget.check(self.report, "2026-01")
        self.assertEqual(
            [(row[0], row[3]) for row in rows],
            [("Expenses:Food", "over"), ("Expenses:Food:Fruit", "near"), ("Expenses:Travel", "ok")],
        )
        self.assertEqual(rows[0][1], Money(5250, "EUR"))

    def test_near_starts_at_nine_tenths(self):
        budget = Budget({"Expenses:Travel": Money(33333, "USD")})
        self.assertEqual(budget.check(self.report, "2026-02")[0][3], "near")
        budget = Budget({"Expenses:Travel": Money(33334, "USD")})
        self.assertEqual(budget.check(self.report, "2026-02")[0][3], "ok")

    def test_limit_itself_is_not_over(self):
        budget = Budget({"Expenses:Travel": Money(30000, "USD")})
        self.assertEqual(budget.check(self.report, "2026-02")[0][3], "near")

    def test_left(self):
        self.assertEqual(
            self.budget.left(self.report, "2026-01"),
            {
                "Expenses:Food": Money(0, "EUR"),
                "Expenses:Food:Fruit": Money(50, "EUR"),
                "Expenses:Travel": Money(50000, "USD"),
            },
        )
