import unittest
from fractions import Fraction

from ledgerline.money import CurrencyMismatch, Money, MoneyError, round_half_even


class RoundingTest(unittest.TestCase):
    def test_rounds_to_nearest(self):
        self.assertEqual(round_half_even(Fraction(7, 4)), 2)
        self.assertEqual(round_half_even(Fraction(5, 4)), 1)

    def test_ties_go_to_even(self):
        self.assertEqual([round_half_even(Fraction(n, 2)) for n in (1, 3, 5, -1, -3)], [0, 2, 2, 0, -2])


class ParseTest(unittest.TestCase):
    def test_number_before_and_after_currency(self):
        self.assertEqual(Money.parse("12.50 EUR"), Money(1250, "EUR"))
        self.assertEqual(Money.parse("EUR 12.5"), Money(1250, "EUR"))

    def test_symbols_signs_and_thousands(self):
        self.assertEqual(Money.parse("-$1,200"), Money(-120000, "USD"))
        self.assertEqual(Money.parse("€3.07"), Money(307, "EUR"))
        self.assertEqual(Money.parse("- $-2"), Money(200, "USD"))
        self.assertEqual(Money.parse("1,234,567.89 GBP"), Money(123456789, "GBP"))

    def test_currencies_without_cents(self):
        self.assertEqual(Money.parse("¥500"), Money(500, "JPY"))
        self.assertEqual(Money.parse("1.234 KWD"), Money(1234, "KWD"))

    def test_rejects_what_is_not_money(self):
        for text in ("", "12", "12 EUR now", "1,23 EUR", "x EUR", "1. EUR", "1.234 EUR", "1.5 JPY", ". EUR"):
            with self.subTest(text=text), self.assertRaises(MoneyError):
                Money.parse(text)

    def test_rejects_bad_currency_and_minor_units(self):
        for minor, currency in ((1, "eur"), (1, "EURO"), (1, "E1R"), (1.5, "EUR"), (True, "EUR")):
            with self.subTest(currency=currency), self.assertRaises(MoneyError):
                Money(minor, currency)


class ArithmeticTest(unittest.TestCase):
    def test_adds_and_subtracts(self):
        self.assertEqual(Money(150, "EUR") + Money(75, "EUR"), Money(225, "EUR"))
        self.assertEqual(Money(150, "EUR") - Money(175, "EUR"), Money(-25, "EUR"))

    def test_multiplies_on_both_sides(self):
        self.assertEqual(Money(333, "EUR") * Fraction(1, 2), Money(166, "EUR"))
        self.assertEqual(3 * Money(5, "EUR"), Money(15, "EUR"))

    def test_refuses_to_mix_currencies(self):
        with self.assertRaises(CurrencyMismatch) as caught:
            Money(1, "EUR") + Money(1, "USD")
        self.assertEqual((caught.exception.left, caught.exception.right), ("EUR", "USD"))
        with self.assertRaises(CurrencyMismatch):
            Money(1, "EUR") < Money(2, "USD")

    def test_compares_and_hashes(self):
        self.assertLess(Money(1, "EUR"), Money(2, "EUR"))
        self.assertGreaterEqual(Money(2, "EUR"), Money(2, "EUR"))
        self.assertNotEqual(Money(1, "EUR"), Money(1, "USD"))
        self.assertEqual(len({Money(1, "EUR"), Money(1, "EUR")}), 1)

    def test_sign_and_truth(self):
        self.assertEqual(abs(-Money(5, "EUR")), Money(5, "EUR"))
        self.assertFalse(Money(0, "EUR"))
        self.assertTrue(Money(-1, "EUR"))

    def test_of_rounds_major_units(self):
        self.assertEqual(Money.of(Fraction("1.005"), "EUR"), Money(100, "EUR"))
        self.assertEqual(Money.of(Fraction("2.5"), "JPY"), Money(2, "JPY"))


class SplitTest(unittest.TestCase):
    def test_no_cent_is_lost(self):
        shares = Money(100, "EUR").split([1, 1, 1])
        self.assertEqual([share.minor for share in shares], [34, 33, 33])

    def test_largest_remainder_first(self):
        shares = Money(101, "EUR").split([1, 2, 3])
        self.assertEqual([share.minor for share in shares], [17, 34, 50])

    def test_negative_amounts_mirror_positive_ones(self):
        self.assertEqual([s.minor for s in Money(-100, "EUR").split([2, 1])], [-67, -33])

    def test_rejects_useless_weights(self):
        for weights in ([], [0, 0], [1, -1], [3, -1]):
            with self.subTest(weights=weights), self.assertRaises(MoneyError):
                Money(100, "EUR").split(weights)


class FormatTest(unittest.TestCase):
    def test_groups_thousands(self):
        self.assertEqual(str(Money(-123456789, "EUR")), "-1,234,567.89 EUR")
        self.assertEqual(Money(123405, "EUR").format(grouping=False), "1234.05 EUR")

    def test_places_follow_the_currency(self):
        self.assertEqual(str(Money(1500, "JPY")), "1,500 JPY")
        self.assertEqual(str(Money(7, "KWD")), "0.007 KWD")
        self.assertEqual(repr(Money(7, "KWD")), "Money(7, 'KWD')")


if __name__ == "__main__":
    unittest.main()
