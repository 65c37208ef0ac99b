"""Amounts of money as whole minor units, so that sums are exact."""

from fractions import Fraction
from functools import total_ordering

#: Digits after the decimal point where they are not two.
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "BHD": 3, "KWD": 3, "TND": 3}

SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}


class MoneyError(ValueError):
    """The text or value cannot be an amount of money."""


class CurrencyMismatch(MoneyError):
    """Two amounts of different currencies met in one calculation."""

    def __init__(self, left, right):
        super().__init__("cannot mix {} and {}".format(left, right))
        self.left = left
        self.right = right


def minor_digits(currency):
    """How many decimal places a currency has."""
    return MINOR_DIGITS.get(currency, 2)


def round_half_even(value):
    """The nearest whole number; ties go to the even neighbour."""
    value = Fraction(value)
    whole, rest = divmod(value.numerator, value.denominator)
    double = rest * 2
    if double > value.denominator:
        return whole + 1
    if double == value.denominator and whole % 2 == 1:
        return whole + 1
    return whole


@total_ordering
class Money:
    """An exact amount in one currency. Immutable."""

    __slots__ = ("_minor", "_currency")

    def __init__(self, minor, currency):
        if not isinstance(minor, int) or isinstance(minor, bool):
            raise MoneyError("minor units must be a whole number, not {!r}".format(minor))
        if len(currency) != 3 or not currency.isalpha() or currency != currency.upper():
            raise MoneyError("not a currency code: {!r}".format(currency))
        self._minor = minor
        self._currency = currency

    @classmethod
    def of(cls, value, currency):
        """Money from a number in major units (12.5 EUR), rounded half to even."""
        scale = 10 ** minor_digits(currency)
        return cls(round_half_even(Fraction(value) * scale), currency)

    @classmethod
    def parse(cls, text):
        """Reads ``12.50 EUR``, ``EUR 12.50``, ``-$1,200`` and ``€3``."""
        rest = text.strip()
        negative = False
        if rest.startswith("-"):
            negative = True
            rest = rest[1:].lstrip()
        if rest[:1] in SYMBOLS:
            currency, number = SYMBOLS[rest[0]], rest[1:].strip()
        else:
            parts = rest.split()
            if len(parts) != 2:
                raise MoneyError("expected a number and a currency: {!r}".format(text))
            if parts[0].isalpha():
                currency, number = parts
            else:
                number, currency = parts
        if number.startswith("-"):
            negative = not negative
            number = number[1:]
        whole, point, fraction = number.partition(".")
        groups = whole.split(",")
        if len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
            raise MoneyError("misplaced thousands separator: {!r}".format(text))
        digits = "".join(groups)
        if not digits.isdigit() or (point and not fraction.isdigit()):
            raise MoneyError("not a number: {!r}".format(number))
        places = minor_digits(currency)
        if len(fraction) > places:
            raise MoneyError("{} has {} decimal places: {!r}".format(currency, places, text))
        minor = int(digits) * 10 ** places
        if fraction:
            minor += int(fraction) * 10 ** (places - len(fraction))
        return cls(-minor if negative else minor, currency)

    @property
    def minor(self):
        return self._minor

    @property
    def currency(self):
        return self._currency

    @property
    def value(self):
        """The amount in major units as an exact fraction."""
        return Fraction(self._minor, 10 ** minor_digits(self._currency))

    def _same(self, other):
        if self._currency != other._currency:
            raise CurrencyMismatch(self._currency, other._currency)

    def __add__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self._minor + other._minor, self._currency)

    def __sub__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return Money(self._minor - other._minor, self._currency)

    def __mul__(self, factor):
        if isinstance(factor, Money):
            return NotImplemented
        return Money(round_half_even(self._minor * Fraction(factor)), self._currency)

    __rmul__ = __mul__

    def __neg__(self):
        return Money(-self._minor, self._currency)

    def __abs__(self):
        return Money(abs(self._minor), self._currency)

    def __bool__(self):
        return self._minor != 0

    def __eq__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return self._minor == other._minor and self._currency == other._currency

    def __lt__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        self._same(other)
        return self._minor < other._minor

    def __hash__(self):
        return hash((self._minor, self._currency))

    def split(self, weights):
        """Divides by weights; the cents that are left over go to the largest remainders first."""
        weights = [Fraction(weight) for weight in weights]
        total = sum(weights)
        if not weights or total <= 0 or min(weights) < 0:
            raise MoneyError("weights must be positive")
        sign = -1 if self._minor < 0 else 1
        amount = abs(self._minor)
        shares = []
        remainders = []
        for index, weight in enumerate(weights):
            exact = amount * weight / total
            share = exact.numerator // exact.denominator
            shares.append(share)
            remainders.append((share - exact, index))
        left = amount - sum(shares)
        for _, index in sorted(remainders)[:left]:
            shares[index] += 1
        return [Money(sign * share, self._currency) for share in shares]

    def format(self, grouping=True):
        """``-1,234.50 EUR``; without the commas when grouping is off."""
        places = minor_digits(self._currency)
        whole, fraction = divmod(abs(self._minor), 10 ** places)
        text = "{:,}".format(whole) if grouping else str(whole)
        if places:
            text += "." + str(fraction).rjust(places, "0")
        sign = "-" if self._minor < 0 else ""
        return "{}{} {}".format(sign, text, self._currency)

    def __str__(self):
        return self.format()

    def __repr__(self):
        return "Money({}, {!r})".format(self._minor, self._currency)
