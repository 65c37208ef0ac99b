import unittest
from fractions import Fraction

from ledgerline.money import Money, MoneyError
from ledgerline.rates import NoRate, RateTable


class RateTableTest(unittest.TestCase):
    def setUp(self):
        self.rates = RateTable()
        self.rates.add("EUR", "USD", "1.25")
        self.rates.add("USD", "JPY", "100")
        self.rates.add("GBP", "EUR", "1.2")

    def test_both_directions(self):
        self.assertEqual(self.rates.rate("EUR", "USD"), Fraction(5, 4))
        self.assertEqual(self.rates.rate("USD", "EUR"), Fraction(4, 5))
        self.assertEqual(self.rates.rate("EUR", "EUR"), 1)

    def test_follows_the_shortest_chain(self):
        self.assertEqual(self.rates.path("GBP", "JPY"), ["GBP", "EUR", "USD", "JPY"])
        self.assertEqual(self.rates.rate("GBP", "JPY"), 150)
        self.rates.add("GBP", "JPY", "160")
        self.assertEqual(self.rates.path("GBP", "JPY"), ["GBP", "JPY"])
        self.assertEqual(self.rates.rate("GBP", "JPY"), 160)

    def test_converts_and_rounds_once(self):
        self.assertEqual(self.rates.convert(Money(1000, "GBP"), "JPY"), Money(1500, "JPY"))
        self.assertEqual(self.rates.convert(Money(1, "JPY"), "EUR"), Money(1, "EUR"))
        self.assertEqual(self.rates.convert(Money(-250, "EUR"), "USD"), Money(-312, "USD"))

    def test_no_chain(self):
        self.rates.add("CHF", "SEK", "11")
        with self.assertRaises(NoRate):
            self.rates.convert(Money(1, "EUR"), "CHF")
        with self.assertRaises(NoRate):
            self.rates.rate("XXX", "EUR")

    def test_rejects_bad_rates(self):
        for source, target, rate in (("A", "B", 0), ("A", "B", -1), ("A", "A", 1)):
            with self.subTest(rate=rate), self.assertRaises(MoneyError):
                self.rates.add(source, target, rate)

    def test_loads_lines(self):
        rates = RateTable()
        count = rates.load(["# daily", "", "EUR CHF 0.95  # close", "CHF SEK 11.5"])
        self.assertEqual(count, 2)
        self.assertEqual(rates.rate("EUR", "SEK"), Fraction("10.925"))

    def test_load_names_the_line(self):
        for lines in (["EUR USD 1.1", "EUR USD"], ["", "EUR USD zero"], ["#", "EUR USD -1"]):
            with self.subTest(lines=lines), self.assertRaisesRegex(MoneyError, "^line 2: "):
                RateTable().load(lines)
