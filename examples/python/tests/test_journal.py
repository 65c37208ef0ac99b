import unittest
from datetime import date
from fractions import Fraction

from ledgerline.journal import JournalError, Posting, Transaction, parse_journal, split_posting
from ledgerline.money import Money

SAMPLE = """\
; household
alias cash = Assets:Cash
define vat = 0.2

2026-01-05 * January rent #home #fixed
    Expenses:Rent    850.00
    Assets:Bank

2026/1/3 Corner Bakery
    Expenses:Food    (3 * 2.40 + 1.10) EUR
    cash

2026-01-05 Hardware
    Expenses:Tools    (100 * (1 + vat))   ; a drill
    cash:Wallet\t-20 EUR
    Assets:Bank  -100.00 EUR
"""


class ParseTest(unittest.TestCase):
    def setUp(self):
        self.entries = list(parse_journal(SAMPLE))

    def test_sorted_by_date_then_file_order(self):
        self.assertEqual([e.payee for e in self.entries], ["Corner Bakery", "January rent", "Hardware"])
        self.assertEqual(self.entries[0].day, date(2026, 1, 3))

    def test_header_flags_and_tags(self):
        rent = self.entries[1]
        self.assertTrue(rent.cleared)
        self.assertEqual(rent.tags, {"home", "fixed"})
        self.assertFalse(self.entries[0].cleared)

    def test_blank_amount_balances(self):
        self.assertEqual(
            self.entries[0].postings,
            [Posting("Expenses:Food", Money(830, "EUR")), Posting("Assets:Cash", Money(-830, "EUR"))],
        )

    def test_aliases_and_definitions(self):
        drill = self.entries[2]
        self.assertEqual(drill.postings[0].amount, Money(12000, "EUR"))
        self.assertEqual(drill.postings[1].account, "Assets:Cash:Wallet")

    def test_blank_amount_takes_every_currency(self):
        journal = parse_journal("2026-01-01 Swap\n  A  5 USD\n  B  -3 EUR\n  C\n")
        self.assertEqual(
            [p.amount for p in next(iter(journal)).postings[2:]], [Money(300, "EUR"), Money(-500, "USD")]
        )

    def test_default_currency_directive(self):
        journal = parse_journal("currency usd\n2026-01-01 Shop\n  A  5\n  B  -(2 + 3)\n")
        self.assertEqual([p.amount for p in next(iter(journal)).postings], [Money(500, "USD"), Money(-500, "USD")])

    def test_complaints_name_the_line(self):
        cases = {
            "hello world\n": 1,
            "currency euro\n": 1,
            "\nalias x\n": 2,
            "define = 3\n": 1,
            "define a = 1 +\n": 1,
            "  A  5\n": 1,
            "2026-13-01 X\n  A  1\n  B\n": 1,
            "2026-01 X\n": 1,
            "2026-01-01 #tag\n  A  1\n  B\n": 1,
            "2026-01-01 X\n  A  1\n": 1,
            "2026-01-01 X\n  A\n  B\n": 1,
            "2026-01-01 X\n  A  1\n  B  1\n": 1,
            "2026-01-01 X\n  A  1.234\n  B\n": 2,
            "2026-01-01 X\n  A  1\n  B  (1 + 2\n": 3,
            "2026-01-01 X\n  A  (2 / 0)\n  B\n": 2,
            "2026-01-01 X\n  A  (2) EURO\n  B\n": 2,
        }
        for text, line in cases.items():
            with self.subTest(text=text):
                with self.assertRaises(JournalError) as caught:
                    parse_journal(text)
                self.assertEqual(caught.exception.line, line)

    def test_imbalance_is_named(self):
        with self.assertRaisesRegex(JournalError, "2.00 EUR, -1.00 USD left over"):
            parse_journal("2026-01-01 X\n  A  2 EUR\n  B  -1 USD\n")

    def test_empty_text(self):
        self.assertEqual(len(parse_journal("")), 0)
        self.assertEqual(len(parse_journal("; nothing\n\n")), 0)


class SelectTest(unittest.TestCase):
    def setUp(self):
        self.journal = parse_journal(SAMPLE)

    def payees(self, **conditions):
        return [entry.payee for entry in self.journal.select(**conditions)]

    def test_by_date(self):
        self.assertEqual(self.payees(first=date(2026, 1, 5)), ["January rent", "Hardware"])
        self.assertEqual(self.payees(last=date(2026, 1, 4)), ["Corner Bakery"])

    def test_by_account(self):
        self.assertEqual(self.payees(account="Assets:Cash"), ["Corner Bakery", "Hardware"])
        self.assertEqual(self.payees(account="Asset"), [])

    def test_by_tag_and_state(self):
        self.assertEqual(self.payees(tag="home"), ["January rent"])
        self.assertEqual(self.payees(cleared=False), ["Corner Bakery", "Hardware"])
        self.assertEqual(self.payees(cleared=True, account="Expenses:Food"), [])

    def test_accounts(self):
        self.assertEqual(
            self.journal.accounts(),
            ["Assets:Bank", "Assets:Cash", "Assets:Cash:Wallet", "Expenses:Food", "Expenses:Rent", "Expenses:Tools"],
        )


class PiecesTest(unittest.TestCase):
    def test_split_posting(self):
        self.assertEqual(split_posting("Assets:My Bank  5 EUR"), ("Assets:My Bank", "5 EUR"))
        self.assertEqual(split_posting("A\t5"), ("A", "5"))
        self.assertEqual(split_posting("Assets:My Bank"), ("Assets:My Bank", ""))

    def test_imbalance_leaves_out_zeros(self):
        entry = Transaction(
            date(2026, 1, 1),
            "X",
            [Posting("A", Money(5, "EUR")), Posting("B", Money(-5, "EUR")), Posting("C", Money(7, "USD"))],
        )
        self.assertEqual(entry.imbalance(), {"USD": Money(7, "USD")})

    def test_exact_expression_amounts(self):
        journal = parse_journal("define third = 1 / 3\n2026-01-01 X\n  A  (third * 3)\n  B\n")
        self.assertEqual(next(iter(journal)).postings[0].amount.value, Fraction(1))
