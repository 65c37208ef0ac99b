import unittest
from fractions import Fraction

from ledgerline.expression import ExpressionError, evaluate, tokenize


class TokenizeTest(unittest.TestCase):
    def test_kinds_and_positions(self):
        tokens = [(t.kind, t.text, t.position) for t in tokenize("rate * 2.5//(x1)")]
        self.assertEqual(
            tokens,
            [
                ("name", "rate", 0),
                ("operator", "*", 5),
                ("number", "2.5", 7),
                ("operator", "//", 10),
                ("operator", "(", 12),
                ("name", "x1", 13),
                ("operator", ")", 15),
                ("end", "", 16),
            ],
        )

    def test_malformed_numbers(self):
        for source in ("1.2.3", ".", "4 + ."):
            with self.subTest(source=source), self.assertRaises(ExpressionError):
                list(tokenize(source))

    def test_unexpected_character(self):
        with self.assertRaises(ExpressionError) as caught:
            list(tokenize("12 & 3"))
        self.assertEqual(caught.exception.position, 3)


class EvaluateTest(unittest.TestCase):
    def check(self, source, expected, **names):
        self.assertEqual(evaluate(source, names), Fraction(expected))

    def test_precedence(self):
        self.check("2 + 3 * 4", 14)
        self.check("(2 + 3) * 4", 20)
        self.check("2 * 3 ^ 2", 18)

    def test_left_to_right(self):
        self.check("10 - 4 - 3", 3)
        self.check("24 / 4 / 3", 2)

    def test_powers_go_right_to_left(self):
        self.check("2 ^ 3 ^ 2", 512)
        self.check("2 ^ -1", "1/2")

    def test_unary_signs(self):
        self.check("-3 + 5", 2)
        self.check("2 - -3", 5)
        self.check("-2 ^ 2", -4)
        self.check("+7", 7)

    def test_exact_decimals(self):
        self.check("0.1 + 0.2", "0.3")
        self.check("3 * 2.40 + 1.10", "8.3")

    def test_floor_and_remainder(self):
        self.check("17 // 5", 3)
        self.check("17 % 5", 2)
        self.check("-7 // 2", -4)

    def test_names(self):
        self.check("net * (1 + vat)", "11.9", net=10, vat="0.19")

    def test_functions(self):
        self.check("max(1, 2 + 3, 4)", 5)
        self.check("min(3, 2) + min(9)", 11)
        self.check("avg(1, 2, 6)", 3)
        self.check("abs(2 - 5)", 3)

    def test_complaints_point_at_the_place(self):
        for source, position in (
            ("1 +", 3),
            ("1 2", 2),
            ("(1", 2),
            ("foo", 0),
            ("1 + bar(2)", 4),
            ("3 / (2 - 2)", 2),
            ("2 ^ 0.5", 2),
            ("2 ^ 65", 2),
            ("abs(1, 2)", 0),
            ("", 0),
        ):
            with self.subTest(source=source):
                with self.assertRaises(ExpressionError) as caught:
                    evaluate(source)
                self.assertEqual(caught.exception.position, position)
