import unittest

from ledgerline.table import Column, Table, wrap


class WrapTest(unittest.TestCase):
    def test_breaks_at_spaces(self):
        self.assertEqual(wrap("one two three", 7), ["one two", "three"])

    def test_cuts_long_words(self):
        self.assertEqual(wrap("a abcdefgh b", 3), ["a", "abc", "def", "gh", "b"])

    def test_empty_text_is_one_empty_line(self):
        self.assertEqual(wrap("  ", 5), [""])


class ColumnTest(unittest.TestCase):
    def test_alignment(self):
        self.assertEqual(Column("x").pad("ab", 5), "ab   ")
        self.assertEqual(Column("x", align="right").pad("ab", 5), "   ab")
        self.assertEqual(Column("x", align="center").pad("ab", 5), " ab  ")
        self.assertEqual(Column("x").pad("abcdef", 3), "abcdef")

    def test_rejects_nonsense(self):
        with self.assertRaises(ValueError):
            Column("x", align="middle")
        with self.assertRaises(ValueError):
            Column("x", width=0)


class TableTest(unittest.TestCase):
    def test_renders(self):
        table = Table([Column("Item"), Column("Price", align="right")])
        table.add("Tea", "2.40")
        table.add("Strawberry", 11)
        table.rule()
        table.rule()
        table.add("", "13.40")
        self.assertEqual(
            table.render(),
            "\n".join(
                [
                    "Item        Price",
                    "-----------------",
                    "Tea          2.40",
                    "Strawberry     11",
                    "-----------------",
                    "            13.40",
                ]
            ),
        )
        self.assertEqual(len(table), 3)

    def test_wraps_fixed_columns(self):
        table = Table([Column("Note", width=6), Column("N")], gap=1)
        table.add("green tea leaves", 7)
        self.assertEqual(table.render(), "Note   N\n--------\ngreen  7\ntea\nleaves")

    def test_counts_cells(self):
        with self.assertRaisesRegex(ValueError, "expected 1 cells, got 2"):
            Table([Column("A")]).add(1, 2)

    def test_no_rule_at_the_top(self):
        table = Table([Column("A")])
        table.rule()
        self.assertEqual(table.render(), "A\n-")
