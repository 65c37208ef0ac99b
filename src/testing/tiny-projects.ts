// Very small real repositories for tests: enough code to mutate, suites of a fraction of a second.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Repository-relative paths and texts. */
export type ProjectFiles = Readonly<Record<string, string>>;

/** Writes a project's files; folders are made. */
export async function writeProject(folder: string, files: ProjectFiles): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Python and unittest only: needs nothing but `python3`. */
export const tinyPythonProject: ProjectFiles = {
  'shelf/__init__.py': '',
  'shelf/stock.py': `class Stock:
    """Counts of things on a shelf."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.counts = {}

    def total(self):
        total = 0
        for count in self.counts.values():
            total = total + count
        return total

    def add(self, name, count):
        if count <= 0:
            raise ValueError("count must be positive")
        if self.total() + count > self.capacity:
            raise OverflowError("the shelf is full")
        self.counts[name] = self.counts.get(name, 0) + count
        return self.counts[name]

    def take(self, name, count):
        left = self.counts.get(name, 0) - count
        if left < 0:
            raise LookupError(name)
        if left == 0:
            del self.counts[name]
        else:
            self.counts[name] = left
        return left


def cheapest(prices, budget):
    """Names of what the budget buys, cheapest first."""
    chosen = []
    for name, price in sorted(prices.items(), key=lambda item: item[1]):
        if price > budget:
            break
        budget = budget - price
        chosen.append(name)
    return chosen
`,
  'tests/__init__.py': '',
  'tests/test_stock.py': `import unittest

from shelf.stock import Stock, cheapest


class StockTest(unittest.TestCase):
    def setUp(self):
        self.stock = Stock(10)

    def test_total(self):
        self.stock.add("a", 2)
        self.stock.add("b", 3)
        self.assertEqual(self.stock.total(), 5)

    def test_add_twice(self):
        self.stock.add("a", 2)
        self.assertEqual(self.stock.add("a", 1), 3)

    def test_full(self):
        self.stock.add("a", 10)
        with self.assertRaises(OverflowError):
            self.stock.add("b", 1)

    def test_not_positive(self):
        with self.assertRaises(ValueError):
            self.stock.add("a", 0)

    def test_take_some(self):
        self.stock.add("a", 3)
        self.assertEqual(self.stock.take("a", 1), 2)
        self.assertEqual(self.stock.counts, {"a": 2})

    def test_take_all(self):
        self.stock.add("a", 3)
        self.assertEqual(self.stock.take("a", 3), 0)
        self.assertEqual(self.stock.counts, {})

    def test_take_too_many(self):
        with self.assertRaises(LookupError):
            self.stock.take("a", 1)


class CheapestTest(unittest.TestCase):
    def test_order(self):
        self.assertEqual(cheapest({"a": 3, "b": 1, "c": 2}, 10), ["b", "c", "a"])

    def test_budget(self):
        self.assertEqual(cheapest({"a": 3, "b": 1, "c": 2}, 3), ["b", "c"])

    def test_nothing(self):
        self.assertEqual(cheapest({}, 3), [])
`,
};
