# What importing and collecting leave in memory, as numbers that forks of one process can compare with each other.
import _abc
import collections.abc
import copyreg
import doctest
import gc
import locale
import logging
import os
import re
import sys
import threading
import types
import warnings
import weakref

from . import arithmetic, codes
from .probe import CACHE, HEAP_TYPE, own_modules, plain_dict
from .reuse import OFTEN_PATCHED

# Beyond this, comparing costs more than running the tests.
MOST_LOOKS = 1000000
NUMBERS = (int, float, complex, bool)
SINGLE = (type(None), type(Ellipsis), type(NotImplemented))
# Compared by name: what they hold is the interpreter's.
NAMED = (
    types.BuiltinFunctionType, types.ModuleType, types.GetSetDescriptorType, types.MemberDescriptorType,
    types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType,
)  # fmt: skip
# Modules of the frameworks, whose objects lead to everything; some of them hold what the repository gave them.
CLOSED = ("_pytest", "pytest", "pluggy", "unittest", "threading", "_thread", "concurrent", "_abc", "logging", "_weakref")
OPEN = ("Mark", "MarkDecorator", "ParameterSet", "FixtureFunctionMarker", "FixtureFunctionDefinition")
# Set when a module or class is made, whatever it holds.
SKIPPED_NAMES = frozenset(
    ("__builtins__", "__spec__", "__loader__", "__cached__", "__file__", "__path__", "__warningregistry__", "__dict__",
     "__weakref__", "__firstlineno__", "__static_attributes__", "_abc_impl")
)  # fmt: skip
# Lead to nothing that says what they hold; their text does.
TELLING = frozenset(("array.array", "itertools.count", "itertools.repeat", "decimal.Decimal", "_struct.Struct"))
STANDARD = getattr(sys, "stdlib_module_names", frozenset(sys.builtin_module_names) | {"datetime", "decimal"})


class TooMuch(Exception):
    """More objects than it is worth looking at."""


class Imprint:
    """
    `parts`: a number for each name in the repository's modules and classes, and for what else tests start from.
    Equal numbers in two forks of one process mean that both hold the same there. `stand_ins`: {place of changed
    code: the number of what stood there before}.
    """

    def __init__(self, resolve, suite, stand_ins):
        self.parts = {}
        self._stand_ins = stand_ins
        self._seen, self._looks = {}, 0
        # Temporary objects must not give their ids to others.
        self._alive = []
        self._modules = own_modules(resolve)
        self._namespaces = {id(module.__dict__): name for name, module in self._modules.items()}
        files = {}
        for name, module in self._modules.items():
            files.setdefault(resolve(module.__file__), []).append((name, module))
        # What tests share with the code under test goes by the names of the latter.
        tests = set(suite.files)
        for file, known in sorted(files.items(), key=lambda one: one[0] in tests):
            for number, (name, module) in enumerate(known):
                # One file may be loaded under two names.
                self._add_module(file if number == 0 else "%s#%d" % (file, number + 1), name, module)
        for label, values in suite.parameters().items():
            self._add(label, values)
        for name, value in self._process().items():
            self._add("the process: " + name, value)

    def _add_module(self, file, name, module):
        # What several names lead to goes by the first of them, in an order that no change of the text changes.
        for key, value in sorted(module.__dict__.items(), key=first):
            if key in SKIPPED_NAMES or key.startswith("@py_"):
                continue
            if isinstance_of(value, type) and value.__module__ == name and value.__qualname__ == key:
                self._add("%s:%s" % (file, key), (value.__bases__, type(value), registered(value)))
                for attribute, held in sorted(value.__dict__.items(), key=first):
                    if attribute not in SKIPPED_NAMES:
                        self._add("%s:%s.%s" % (file, key, attribute), held)
            else:
                self._add("%s:%s" % (file, key), value, name_of(value) == key and value.__module__ == name)

    def _process(self):
        loggers = [logging.root] + [one for _, one in sorted(logging.Logger.manager.loggerDict.items())]
        loggers = [one for one in loggers if isinstance_of(one, logging.Logger)]
        return {
            "environment": dict(os.environ._data),
            "folder": os.getcwd(),
            "sys.path": sys.path,
            "recursion limit": sys.getrecursionlimit(),
            "decimal": arithmetic.settings(),
            "warnings": warnings.filters,
            "logging": [
                (one.name, one.level, one.disabled, one.propagate, [type(part).__name__ for part in one.handlers])
                for one in loggers
            ],
            "disabled logging": logging.Logger.manager.disable,
            "modules": sorted(sys.modules),
            "patches": list(self._patches()),
            "registered": [registered(getattr(collections.abc, name)) for name in collections.abc.__all__],
            "copyreg": sorted((cls.__module__, cls.__qualname__) for cls in copyreg.dispatch_table),
            "hooks": [sys.excepthook, sys.displayhook, len(sys.meta_path), len(sys.path_hooks), gc.isenabled()],
            "locale": locale.setlocale(locale.LC_ALL),
            "threads": threading.active_count(),
        }

    def _patches(self):
        """What the repository put into modules of Python itself."""
        for name in OFTEN_PATCHED:
            for key, value in sorted(getattr(sys.modules.get(name), "__dict__", {}).items(), key=first):
                if isinstance_of(value, (types.FunctionType, type)) and value.__module__ in self._modules:
                    yield name, key, value

    def _add(self, label, value, at_home=False):
        number, place, start = 0, 0, hash(label)
        todo = [value]
        self._alive.append(value)
        while todo:
            thing = todo.pop()
            place += 1
            token, children = self._look(thing, (start, place), at_home and place == 1)
            number = hash((number, token))
            if children:
                self._alive.append(children)
                todo.extend(reversed(children))
        self._looks += place
        if self._looks > MOST_LOOKS:
            raise TooMuch
        self.parts[label] = number

    def _look(self, thing, where, at_home):
        """(what it is by itself, what it leads to). `at_home`: it is looked at under its own name."""
        kind = type(thing)
        if issubclass(kind, NUMBERS) or issubclass(kind, SINGLE):
            # Numbers of equal hash may differ.
            return (kind.__name__, base_repr(thing)), ()
        if issubclass(kind, str):
            return ("str", kind.__name__, str.__hash__(thing)), ()
        if issubclass(kind, (bytes, bytearray)):
            return (kind.__name__, bytes.__hash__(bytes(thing))), ()
        if isinstance_of(thing, NAMED):
            return (kind.__name__, named(thing)), ()
        if not at_home and issubclass(kind, (type, types.FunctionType)) and self._has_home(thing):
            return (kind.__name__, thing.__module__, thing.__qualname__), ()
        if kind not in (tuple, frozenset):
            # Whether these are one object or equal ones depends on where they were met first, and means nothing.
            known = self._seen.get(id(thing))
            if known is not None:
                return ("seen", known), ()
            self._seen[id(thing)] = where
        if issubclass(kind, type):
            return self._class(thing)
        if kind is types.FunctionType:
            return self._function(thing)
        if issubclass(kind, dict):
            if id(thing) in self._namespaces or "__spec__" in dict.keys(thing):
                return ("namespace", str(dict.get(thing, "__name__"))), ()
            flat = [part for pair in dict.items(thing) for part in pair]
            return ("dict", kind.__name__, len(flat)), flat + self._own_attributes(thing)
        if issubclass(kind, (list, tuple)):
            items = list((list if issubclass(kind, list) else tuple).__iter__(thing))
            return (kind.__name__, len(items)), items + self._own_attributes(thing)
        if issubclass(kind, (set, frozenset)):
            items = sorted((set if issubclass(kind, set) else frozenset).__iter__(thing), key=order_of)
            return (kind.__name__, len(items)), items
        if kind is types.CodeType:
            return ("code", number_of(thing)), ()
        if kind is types.GeneratorType:
            return ("generator", thing.__qualname__, thing.gi_frame and thing.gi_frame.f_lasti), gc.get_referents(thing)
        if kind is re.Pattern:
            return ("pattern", hash(thing.pattern), thing.flags), ()
        if kind is doctest.DocTest:
            # Its place in the file is none of its content.
            return ("examples", thing.name, hash(thing.docstring)), ()
        if kind is CACHE:
            return ("cache", tuple(thing.cache_info())), gc.get_referents(thing)
        if issubclass(kind, weakref.ref):
            there = thing()
            return ("weak", type(there).__name__), ()
        module = kind.__module__ if isinstance_of(kind.__module__, str) else ""
        if module.partition(".")[0] in CLOSED and kind.__name__ not in OPEN:
            return ("closed", module, kind.__name__), ()
        return self._instance(thing, kind, module)

    def _own_attributes(self, thing):
        """What an object of a class derived from a container holds besides."""
        own = plain_dict(thing) if type(thing) not in (dict, list, tuple) else None
        return [own] if own else []

    def _has_home(self, thing):
        """Whether a class or function is looked at by itself, or belongs to others."""
        module = thing.__module__
        if issubclass(type(thing), type) and module not in self._modules:
            return True
        return module in self._modules and self._modules[module].__dict__.get(thing.__qualname__) is thing

    def _class(self, cls):
        name = (cls.__module__, cls.__qualname__)
        children = [cls.__bases__, type(cls)]
        for key, value in sorted(cls.__dict__.items(), key=first):
            if key not in SKIPPED_NAMES:
                children += (key, value)
        return ("own class",) + name, children

    def _function(self, function):
        code = function.__code__
        place = "%s:%d:%s" % (code.co_filename, code.co_firstlineno, code.co_name)
        number = self._stand_ins.get(place)
        if number is None:
            number = number_of(code)
        token = ("function", function.__module__, function.__qualname__, number)
        children = [function.__defaults__, function.__kwdefaults__, function.__dict__, function.__doc__]
        if sys.version_info < (3, 14):
            children.append(function.__annotations__)
        for name, cell in zip(code.co_freevars, function.__closure__ or ()):
            if name == "__class__":
                # There when the code says `super`.
                continue
            try:
                children += (name, cell.cell_contents)
            except ValueError:
                children += (name, "an empty cell")
        return token, children

    def _instance(self, thing, kind, module):
        token = ("object", module, kind.__qualname__)
        if module + "." + kind.__name__ in TELLING or is_plain(thing, kind):
            text = repr(thing)
            if " at 0x" not in text:
                token += (hash(text),)
        found = attributes_of(thing, kind)
        if any(base.__module__ not in self._modules for base in kind.__mro__[:-1]):
            # What it holds besides, e.g. the arguments of an error.
            found += [child for child in gc.get_referents(thing) if child is not kind]
        return token, found


def attributes_of(thing, kind):
    """Names and values, of slots too."""
    found = []
    own = plain_dict(thing)
    if issubclass(type(own), dict):
        found += [part for pair in own.items() for part in pair]
    for cls in kind.__mro__:
        if cls.__flags__ & HEAP_TYPE:
            for name, slot in cls.__dict__.items():
                if type(slot) is types.MemberDescriptorType:
                    try:
                        found += (name, slot.__get__(thing))
                    except AttributeError:
                        continue
    return found


def registered(cls):
    """Names of the classes that an abstract one counts as its own."""
    known = cls.__dict__.get("_abc_impl")
    if known is None:
        return ()
    return sorted(there.__qualname__ for there in (one() for one in _abc._get_dump(cls)[0]) if there is not None)


def is_plain(thing, kind):
    """Whether it is Python's own and made in C, e.g. a date, and leads nowhere: then its text says what it holds."""
    standard = kind.__module__.partition(".")[0] in STANDARD
    return standard and not kind.__flags__ & HEAP_TYPE and not gc.is_tracked(thing)


def isinstance_of(thing, kinds):
    """As `isinstance`, without asking the object, which may be a proxy."""
    return issubclass(type(thing), kinds)


def base_repr(number):
    for kind in (bool, int, float, complex):
        if issubclass(type(number), kind):
            return kind.__repr__(number)
    return type(number).__name__


def first(pair):
    return str(pair[0])


def name_of(thing):
    """The name that a function or class was made under."""
    return thing.__qualname__ if issubclass(type(thing), (type, types.FunctionType)) else ""


def named(thing):
    return str(getattr(thing, "__qualname__", None) or getattr(thing, "__name__", None) or getattr(thing, "co_name", ""))


def order_of(thing):
    """A key for things of any kind that does not depend on where they lie in memory."""
    kind = type(thing)
    if issubclass(kind, str):
        return (kind.__name__, str.__str__(thing))
    if issubclass(kind, NUMBERS):
        return (kind.__name__, base_repr(thing))
    if issubclass(kind, (type, types.FunctionType)):
        return (kind.__name__, thing.__qualname__)
    return (kind.__name__, "")


def number_of(code):
    """A number for what code does, wherever it stands."""
    return hash(
        (
            code.co_name,
            code.co_filename,
            codes.instructions(code),
            code.co_names,
            code.co_varnames,
            codes.interface_of(code),
            codes.exception_table(code),
            tuple(codes.ordered_constants(code)),
            tuple(number_of(part) for part in codes.parts_of(code)),
        )
    )


def stand_ins_for(swaps):
    """By the place of each new code, the number of the old one."""
    return {"%s:%d:%s" % (new.co_filename, new.co_firstlineno, new.co_name): number_of(old) for old, new in swaps}


def imprint_of(resolve, suite, stand_ins=()):
    """The parts of an `Imprint`, or None where it cannot be taken."""
    try:
        return Imprint(resolve, suite, dict(stand_ins)).parts
    except Exception:
        # Objects of the repository may say anything to being looked at.
        return None


def differing(before, now):
    """Labels of the parts that differ."""
    return {label for label in set(before) | set(now) if before.get(label) != now.get(label)}
