# Compares two versions of code objects: which functions differ, and whether they can be swapped while alive.
import opcode
import types

OPTIMIZED = 0x1
# From 3.14 on small numbers are part of the instruction that loads them.
LOAD_SMALL_INT = opcode.opmap.get("LOAD_SMALL_INT")
STORE_NAME = opcode.opmap["STORE_NAME"]


class Change:
    """A pair of code objects of the same place, old and new, whose own instructions differ or whose parts do."""

    def __init__(self, old, new, own, inside_function):
        self.old, self.new, self.own, self.inside_function = old, new, own, inside_function


def is_function(code):
    """Functions, lambdas, comprehensions and generator expressions; not modules and class bodies."""
    return bool(code.co_flags & OPTIMIZED)


def parts_of(code):
    return [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]


def instructions(code):
    # Nested code is compared by itself; its place in the constants is fixed by the instructions.
    raw, line = code.co_code, code.co_firstlineno
    if LOAD_SMALL_INT is not None and line < 256 and not is_function(code) and "__firstlineno__" in code.co_names:
        store = bytes((LOAD_SMALL_INT, line, STORE_NAME, code.co_names.index("__firstlineno__")))
        place = raw.find(store)
        if place >= 0:
            return raw[:place] + raw[place + len(store) :]
    return raw


def exception_table(code):
    return getattr(code, "co_exceptiontable", b"")


def own_code_differs(old, new):
    """Whether the two differ apart from line numbers and from the code nested in them."""
    return (
        old.co_name != new.co_name
        or interface_of(old) != interface_of(new)
        or instructions(old) != instructions(new)
        or old.co_names != new.co_names
        or old.co_varnames != new.co_varnames
        or exception_table(old) != exception_table(new)
        or ordered_constants(old) != ordered_constants(new)
    )


def ordered_constants(code):
    # From 3.13 on a class begins with its name and its line.
    line = None if is_function(code) else code.co_firstlineno
    return [
        ("code",)
        if isinstance(constant, types.CodeType)
        else ("line",)
        if index < 2 and type(constant) is int and constant == line
        else plain_constant(constant)
        for index, constant in enumerate(code.co_consts)
    ]


def plain_constant(constant):
    if type(constant) is frozenset:
        # Its order is another when it was read from a file.
        return ("frozenset",) + tuple(sorted(map(repr, constant)))
    if type(constant) is tuple:
        return ("tuple",) + tuple(map(plain_constant, constant))
    return (type(constant).__name__, repr(constant))


def arguments_of(code):
    arguments = code.co_argcount + code.co_kwonlyargcount
    more = code.co_flags & (0x4 | 0x8)
    arguments += bool(more & 0x4) + bool(more & 0x8)
    return (
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_varnames[:arguments],
        more,
    )


def interface_of(code):
    """What callers and closures of a live function rely on; it must not change under them."""
    return arguments_of(code) + (code.co_freevars, code.co_flags)


def scopes_of(code):
    """Which names are local, shared with inner functions, or taken from outer ones."""
    return (
        frozenset(code.co_varnames),
        frozenset(code.co_cellvars),
        frozenset(code.co_freevars),
        code.co_flags,
    )


def compare(old, new, inside_function=False):
    """Every pair that differs, outermost first. Parts are paired by order and name."""
    own = own_code_differs(old, new)
    old_parts, new_parts = parts_of(old), parts_of(new)
    if [part.co_name for part in old_parts] != [part.co_name for part in new_parts]:
        return [Change(old, new, True, inside_function)]
    inner = []
    for old_part, new_part in zip(old_parts, new_parts):
        inner.extend(compare(old_part, new_part, inside_function or is_function(old)))
    if own or inner:
        return [Change(old, new, own, inside_function)] + inner
    return []


def walk(code):
    yield code
    for part in parts_of(code):
        yield from walk(part)
