# Sees what tests leave behind in memory: compares every container that some objects lead to, by identity.
import collections
import contextvars
import gc
import logging
import os
import signal
import sys
import threading
import types
import warnings
from functools import lru_cache, partial
from operator import is_not

from . import arithmetic

MOST_OBJECTS = 150000
CHUNK = 400
ATOMS = (
    str, bytes, int, float, complex, bool, type(None), type(Ellipsis), range, slice,
    types.CodeType, types.BuiltinFunctionType, types.ModuleType, types.FrameType,
    types.GeneratorType, types.CoroutineType, types.TracebackType,
    types.GetSetDescriptorType, types.MemberDescriptorType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType,
)  # fmt: skip
IMMUTABLE = (tuple, frozenset, property, staticmethod, classmethod, types.MappingProxyType, types.MethodType)
# What these hold is the framework's own business, and leads to everything.
FRAMEWORKS = ("_pytest", "pytest", "pluggy", "hypothesis", "unittest", "threading", "_thread", "concurrent", "_abc")


def own_modules(resolve):
    return {
        name: module
        for name, module in list(sys.modules.items())
        if isinstance(module, types.ModuleType) and resolve(getattr(module, "__file__", None) or "<none>")
    }


CACHE = type(lru_cache(None)(len))
# Set for classes made by a `class` statement, which keep nothing besides what their bases keep.
HEAP_TYPE = 1 << 9
# Set for classes whose instances keep their attributes in a way that Python may choose.
MANAGED_DICT = 1 << 4


def namespace_of(cls):
    """The dictionary behind a class: only `setattr` may write to it."""
    return gc.get_referents(cls.__dict__)[0]


def container_kind(thing):
    """The built-in container that an object is, whatever its class adds, or None."""
    if isinstance(thing, collections.OrderedDict):
        return None
    for kind in (dict, list, set, collections.deque):
        if isinstance(thing, kind):
            known = (kind, collections.defaultdict, object)
            return kind if all(c in known or c.__flags__ & HEAP_TYPE for c in type(thing).__mro__) else None
    return None


def restorer(thing):
    """A function that gives an object the content that it has now, or None for a kind that is not restored."""
    kind = container_kind(thing)
    if kind is not None:
        return partial(put_back_container, kind, thing, kind.copy(thing))
    if type(thing) is types.CellType:
        try:
            return partial(setattr, thing, "cell_contents", thing.cell_contents)
        except ValueError:
            return partial(delattr, thing, "cell_contents")
    if type(thing) is CACHE and not any(thing.cache_info()[:2]) and not thing.cache_info().currsize:
        return thing.cache_clear
    if type(thing).__flags__ & MANAGED_DICT and sys.version_info >= (3, 13):
        # Its attributes are its own content there, until its dictionary is asked for something.
        own = plain_dict(thing)
        return partial(put_back_container, dict, own, own.copy()) if type(own) is dict else None
    return None


def put_back_container(kind, thing, content):
    kind.clear(thing)
    (kind.update if kind in (dict, set) else kind.extend)(thing, content)


def put_back_class(cls, content):
    # Past the metaclass: its own hooks have seen these attributes already.
    set_names(cls.__dict__, content, partial(type.__setattr__, cls), partial(type.__delattr__, cls))


def set_names(now, before, put, remove):
    """Makes a namespace hold what it held, name by name."""
    missing = object()
    for name in [name for name in now if name not in before]:
        remove(name)
    for name, value in before.items():
        if now.get(name, missing) is not value:
            put(name, value)


def plain_dict(thing):
    try:
        return object.__getattribute__(thing, "__dict__")
    except Exception:
        return None


class Picture:
    """The containers that `roots` lead to and what they hold at this moment."""

    def __init__(self, roots, resolve, most=MOST_OBJECTS, ignored=()):
        self._restorers = {}
        self._own = own_modules(resolve)
        self._own_dicts = {id(module.__dict__) for module in self._own.values()}
        self._most, self._seen = most, set(map(id, ignored))
        self.objects, self.labels, self._chunks = [], [], []
        for root in roots:
            self.add(root, "")
        self.take()

    def add(self, start, label):
        todo = collections.deque([start])
        while todo and len(self.objects) < self._most:
            thing = todo.popleft()
            if id(thing) in self._seen or not self._interesting(thing):
                continue
            self._seen.add(id(thing))
            if not isinstance(thing, IMMUTABLE):
                self.objects.append(thing)
                self.labels.append(label)
            # Asking for it now gives every instance a real dictionary before the picture is taken.
            own = plain_dict(thing)
            if isinstance(own, dict) and id(own) not in self._own_dicts:
                todo.append(own)
            if isinstance(thing, types.FunctionType) and sys.version_info < (3, 14):
                # Made on demand as well; later versions run code for it.
                thing.__annotations__
            todo.extend(gc.get_referents(thing))

    def _interesting(self, thing):
        if isinstance(thing, ATOMS):
            return False
        if not gc.is_tracked(thing) and not isinstance(thing, (dict, set, list)):
            return False
        if isinstance(thing, type):
            return thing.__module__ in self._own
        if isinstance(thing, types.FunctionType):
            return id(thing.__globals__) in self._own_dicts
        if isinstance(thing, dict):
            # Other modules' namespaces are theirs; our own are looked at one name at a time.
            return id(thing) not in self._own_dicts and not ("__name__" in thing and "__spec__" in thing)
        module = getattr(type(thing), "__module__", None)
        return not (isinstance(module, str) and module.partition(".")[0] in FRAMEWORKS)

    def take(self):
        self._chunks = []
        for start in range(0, len(self.objects), CHUNK):
            part = self.objects[start : start + CHUNK]
            counts = [len(gc.get_referents(thing)) for thing in part]
            self._chunks.append((start, part, counts, gc.get_referents(*part)))

    def keep_contents(self, labels):
        """Remembers what the objects under these labels hold, for `put_back`."""
        classes = {id(namespace_of(thing)): thing for thing in self.objects if isinstance(thing, type)}
        for thing, label in zip(self.objects, self.labels):
            if label not in labels:
                continue
            cls = classes.get(id(thing))
            restore = restorer(thing) if cls is None else partial(put_back_class, cls, thing.copy())
            if restore is not None:
                self._restorers[id(thing)] = restore

    def put_back(self):
        """Gives changed objects their content back where it is known; whether nothing differs then."""
        for _, part, counts, before in self._chunks:
            now = gc.get_referents(*part)
            if len(now) == len(before) and not any(map(is_not, now, before)):
                continue
            position = 0
            for thing, count in zip(part, counts):
                old = before[position : position + count]
                position += count
                mine = gc.get_referents(thing)
                if len(mine) == len(old) and not any(map(is_not, mine, old)):
                    continue
                restore = self._restorers.get(id(thing))
                if restore is not None:
                    restore()
        return not self.differs()

    def differs(self):
        return any(
            len(now) != len(before) or any(map(is_not, now, before))
            for part, before in ((chunk[1], chunk[3]) for chunk in self._chunks)
            for now in (gc.get_referents(*part),)
        )

    def changed(self, besides=()):
        """Labels of the objects that hold other things now, those of `besides` left out."""
        expected, found = set(map(id, besides)), set()
        for start, part, counts, before in self._chunks:
            now = gc.get_referents(*part)
            if len(now) == len(before) and not any(map(is_not, now, before)):
                continue
            position = 0
            for offset, thing in enumerate(part):
                mine, old = gc.get_referents(thing), before[position : position + counts[offset]]
                position += counts[offset]
                if id(thing) in expected:
                    continue
                if len(mine) != len(old) or any(map(is_not, mine, old)):
                    found.add(self.labels[start + offset])
        return found


def caches_of_loggers():
    known = [logging.root] + list(logging.Logger.manager.loggerDict.values())
    return [one._cache for one in known if isinstance(getattr(one, "_cache", None), dict)]


class StateProbe:
    """The state of the repository's modules and of the process around them."""

    def __init__(self, resolve, extra_roots=()):
        self.modules = own_modules(resolve)
        self._namespaces = {name: dict(module.__dict__) for name, module in self.modules.items()}
        # What they remember of whether a message matters changes no test.
        self._picture = Picture((), resolve, ignored=caches_of_loggers())
        for name, namespace in self._namespaces.items():
            for key, value in namespace.items():
                if not key.startswith("@py_") and key not in ("__builtins__", "__spec__", "__loader__"):
                    self._picture.add(value, "%s.%s" % (name, key))
        for root in extra_roots:
            self._picture.add(root, "parameters")
        own_labels = set(self._picture.labels)
        self._environment = dict(os.environ._data)
        self._picture.add(os.environ._data, "environment")
        self._picture.add(sys.path, "sys.path")
        self._picture.add(warnings.filters, "warnings")
        # A logger that appears with a late import, or an answer that one remembers, changes no test.
        known = logging.Logger.manager.loggerDict.values()
        self._loggers = [logging.root] + [one for one in known if isinstance(one, logging.Logger)]
        for logger in self._loggers:
            self._picture.add(logger.handlers, "logging")
            self._picture.add(logger.filters, "logging")
        self._picture.take()
        self._picture.keep_contents(own_labels)
        self._decimal = arithmetic.everything()
        self._process = self._look_around()
        self._resolve = resolve
        self._loaded = frozenset(sys.modules)

    def _look_around(self):
        try:
            folder = os.getcwd()
        except OSError:
            folder = None
        return {
            "working folder": folder,
            "recursion limit": sys.getrecursionlimit(),
            "threads": threading.active_count(),
            "context": sorted(
                (variable.name, id(value)) for variable, value in contextvars.copy_context().items()
            ),
            "standard streams": (id(sys.stdout), id(sys.stderr), id(sys.stdin)),
            "interrupt handler": id(signal.getsignal(signal.SIGINT)),
            "decimal": arithmetic.settings(),
            "logging": (
                logging.Logger.manager.disable,
                [(one.level, one.disabled, one.propagate, id(one.parent)) for one in self._loggers],
            ),
        }

    def put_back(self):
        """
        Gives modules and what they lead to the content back that they had, and the process its environment,
        folder and arithmetic; whether everything is as it was then.
        """
        try:
            self._put_back_process()
            if not self._picture.put_back():
                return False
            for name, module in self.modules.items():
                now = module.__dict__
                set_names(now, self._namespaces[name], now.__setitem__, now.__delitem__)
            for name in set(own_modules(self._resolve)) - self._loaded:
                del sys.modules[name]
        except (AttributeError, OSError, TypeError, ValueError):
            return False
        return not self.residue()

    def _put_back_process(self):
        environment, before = os.environ._data, self._environment
        for name in environment:
            if name not in before:
                os.unsetenv(name)
        for name, value in before.items():
            if environment.get(name) != value:
                os.putenv(name, value)
        # Names and values are compared as objects.
        put_back_container(dict, environment, before)
        folder = self._process["working folder"]
        if folder is not None:
            os.chdir(folder)
        sys.setrecursionlimit(self._process["recursion limit"])
        arithmetic.put_back(self._decimal)

    @staticmethod
    def _is_late_part(package, name):
        """Whether a package has this name because a module of it was loaded: by itself that changes no test."""
        module = sys.modules.get("%s.%s" % (package, name))
        return module is not None and sys.modules[package].__dict__.get(name) is module

    def residue(self, besides=()):
        """Sorted labels of what is different now, the functions of `besides` left out."""
        found = self._picture.changed(besides)
        missing = object()
        for name, module in self.modules.items():
            before, now = self._namespaces[name], module.__dict__
            if len(before) == len(now) and not any(map(is_not, before.values(), now.values())):
                continue
            for key in set(before) | set(now):
                if key != "__warningregistry__":
                    if before.get(key, missing) is not now.get(key, missing):
                        if key in before or not self._is_late_part(name, key):
                            found.add("%s.%s" % (name, key))
        for name, value in self._look_around().items():
            if self._process[name] != value:
                found.add(name)
        return sorted(found)
