"""Exchange rates and conversion along the shortest chain of known ones."""

from collections import deque
from fractions import Fraction

from .cache import Cache
from .money import Money, MoneyError


class NoRate(MoneyError):
    """There is no chain of rates between two currencies."""


class RateTable:
    """Rates by pair. A rate is known in both directions; a later one replaces an earlier one."""

    def __init__(self, capacity=128):
        self._rates = {}
        self._paths = Cache(capacity)

    def add(self, source, target, rate):
        rate = Fraction(rate)
        if rate <= 0:
            raise MoneyError("a rate must be positive")
        if source == target:
            raise MoneyError("a currency needs no rate to itself")
        self._rates.setdefault(source, {})[target] = rate
        self._rates.setdefault(target, {})[source] = 1 / rate
        self._paths = Cache(self._paths.capacity)

    def load(self, lines):
        """Reads ``EUR USD 1.0812`` lines; blank lines and comments are skipped. Returns how many."""
        count = 0
        for number, line in enumerate(lines, start=1):
            text = line.split("#", 1)[0].strip()
            if not text:
                continue
            try:
                source, target, rate = text.split()
                self.add(source, target, rate)
            except ValueError as error:
                raise MoneyError("line {}: {}".format(number, error))
            count += 1
        return count

    def path(self, source, target):
        """The currencies on the shortest chain, both ends included."""
        return self._paths.remember((source, target), lambda: self._search(source, target))

    def _search(self, source, target):
        if source == target:
            return [source]
        previous = {source: None}
        queue = deque([source])
        while queue:
            current = queue.popleft()
            for neighbour in sorted(self._rates.get(current, ())):
                if neighbour in previous:
                    continue
                previous[neighbour] = current
                if neighbour == target:
                    chain = [target]
                    while previous[chain[-1]] is not None:
                        chain.append(previous[chain[-1]])
                    return chain[::-1]
                queue.append(neighbour)
        raise NoRate("no rate from {} to {}".format(source, target))

    def rate(self, source, target):
        chain = self.path(source, target)
        product = Fraction(1)
        for index in range(len(chain) - 1):
            product *= self._rates[chain[index]][chain[index + 1]]
        return product

    def convert(self, money, target):
        """The same value in another currency, rounded once at the end."""
        return Money.of(money.value * self.rate(money.currency, target), target)
