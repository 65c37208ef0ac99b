"""The arithmetic that may stand in place of an amount: ``(3 * 2.40 + 1.10)``."""

from fractions import Fraction


class ExpressionError(ValueError):
    """The expression cannot be read or computed; ``position`` counts from 0."""

    def __init__(self, message, position):
        super().__init__("{} at position {}".format(message, position))
        self.position = position


class Token:
    __slots__ = ("kind", "text", "position")

    def __init__(self, kind, text, position):
        self.kind = kind
        self.text = text
        self.position = position


def tokenize(source):
    """Yields number, name and operator tokens, then one of kind ``end``."""
    position = 0
    length = len(source)
    while position < length:
        char = source[position]
        if char.isspace():
            position += 1
            continue
        start = position
        if char.isdigit() or char == ".":
            points = 0
            while position < length and (source[position].isdigit() or source[position] == "."):
                if source[position] == ".":
                    points += 1
                position += 1
            text = source[start:position]
            if points > 1 or text == ".":
                raise ExpressionError("malformed number {!r}".format(text), start)
            yield Token("number", text, start)
        elif char.isalpha() or char == "_":
            while position < length and (source[position].isalnum() or source[position] == "_"):
                position += 1
            yield Token("name", source[start:position], start)
        elif char == "/" and source[position : position + 2] == "//":
            position += 2
            yield Token("operator", "//", start)
        elif char in "+-*/%^(),":
            position += 1
            yield Token("operator", char, start)
        else:
            raise ExpressionError("unexpected {!r}".format(char), start)
    yield Token("end", "", length)


def _average(*values):
    return sum(values) / len(values)


FUNCTIONS = {"min": min, "max": max, "avg": _average, "abs": abs}

#: Binding power of each binary operator; higher binds tighter.
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "^": 4}


class Parser:
    """Precedence climbing over exact fractions."""

    def __init__(self, source, names=None):
        self._tokens = list(tokenize(source))
        self._index = 0
        self._names = names or {}

    @property
    def _current(self):
        return self._tokens[self._index]

    def _advance(self):
        token = self._current
        if token.kind != "end":
            self._index += 1
        return token

    def _expect(self, text):
        token = self._advance()
        if token.text != text:
            found = token.text or "the end"
            raise ExpressionError("expected {!r}, found {!r}".format(text, found), token.position)

    def parse(self):
        result = self._binary(0)
        if self._current.kind != "end":
            token = self._current
            raise ExpressionError("unexpected {!r}".format(token.text), token.position)
        return result

    def _binary(self, minimum):
        left = self._unary()
        while True:
            token = self._current
            power = PRECEDENCE.get(token.text, 0) if token.kind == "operator" else 0
            if power == 0 or power < minimum:
                return left
            self._advance()
            right = self._binary(power if token.text == "^" else power + 1)
            left = self._apply(token, left, right)

    def _unary(self):
        token = self._current
        if token.kind == "operator" and token.text in "+-":
            self._advance()
            value = self._binary(3)
            return -value if token.text == "-" else value
        return self._atom()

    def _atom(self):
        token = self._advance()
        if token.kind == "number":
            return Fraction(token.text)
        if token.kind == "name":
            if self._current.text == "(":
                return self._call(token)
            if token.text not in self._names:
                raise ExpressionError("unknown name {!r}".format(token.text), token.position)
            return Fraction(self._names[token.text])
        if token.text == "(":
            value = self._binary(0)
            self._expect(")")
            return value
        raise ExpressionError("expected a value", token.position)

    def _call(self, name):
        function = FUNCTIONS.get(name.text)
        if function is None:
            raise ExpressionError("unknown function {!r}".format(name.text), name.position)
        self._expect("(")
        arguments = [self._binary(0)]
        while self._current.text == ",":
            self._advance()
            arguments.append(self._binary(0))
        self._expect(")")
        if len(arguments) == 1 and name.text in ("min", "max"):
            return arguments[0]
        try:
            return function(*arguments)
        except TypeError:
            raise ExpressionError("too many arguments for {!r}".format(name.text), name.position)

    @staticmethod
    def _apply(token, left, right):
        operator = token.text
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*":
            return left * right
        if operator == "^":
            if right.denominator != 1 or abs(right) > 64:
                raise ExpressionError("exponent must be a small whole number", token.position)
            return Fraction(left ** int(right))
        if right == 0:
            raise ExpressionError("division by zero", token.position)
        if operator == "/":
            return left / right
        if operator == "//":
            return Fraction(left // right)
        return left % right


def evaluate(source, names=None):
    """The exact value of an expression. Names stand for numbers given in ``names``."""
    return Parser(source, names).parse()
