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
from .garbage import collect_quietly
from .imports import loaded_modules

MOST_OBJECTS = 150000
CHUNK = 200
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
        for name, module in loaded_modules()
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
    for kind in (collections.OrderedDict, dict, list, set, collections.deque):
        if isinstance(thing, kind):
            known = (kind, dict, collections.defaultdict, object)
            return kind if all(c in known or c.__flags__ & HEAP_TYPE for c in type(thing).__mro__) else None
    return None


def restorer(thing):
    """A function that gives an object the content that it has now, or None for a kind that is not restored."""
    kind = container_kind(thing)
    if kind is not None:
        return partial(put_back_container, kind, thing, content_of(kind, thing))
    if type(thing) is types.CellType:
        try:
            return partial(setattr, thing, "cell_contents", thing.cell_contents)
        except ValueError:
            return partial(delattr, thing, "cell_contents")
    if type(thing) is CACHE and not any(thing.cache_info()[:2]) and not thing.cache_info().currsize:
        return thing.cache_clear
    slots = slots_of(type(thing))
    own = None
    if type(thing).__flags__ & MANAGED_DICT and sys.version_info >= (3, 13):
        # Its attributes are its own content there, until its dictionary is asked for something.
        own = plain_dict(thing)
        if type(own) is not dict:
            return None
    if own is None and not slots:
        return None
    values = [(slot, slot.__get__(thing)) for slot in slots if holds(slot, thing)]
    return partial(put_back_attributes, thing, own, None if own is None else own.copy(), slots, values)


def slots_of(cls):
    """The descriptors of the attributes that `__slots__` of a class and its bases name."""
    return [
        value
        for base in cls.__mro__
        if base.__flags__ & HEAP_TYPE
        for value in base.__dict__.values()
        if type(value) is types.MemberDescriptorType
    ]


def holds(slot, thing):
    try:
        slot.__get__(thing)
    except AttributeError:
        return False
    return True


def put_back_attributes(thing, own, content, slots, values):
    if own is not None:
        put_back_container(dict, own, content)
    for slot in slots:
        if holds(slot, thing):
            slot.__delete__(thing)
    for slot, value in values:
        slot.__set__(thing, value)


def content_of(kind, thing):
    """A copy that no method of a class derived from `kind` took part in."""
    if kind is collections.OrderedDict:
        return list(kind.items(thing))
    if kind is collections.deque:
        return list(kind.__iter__(thing))
    return kind.copy(thing)


def put_back_container(kind, thing, content):
    kind.clear(thing)
    if kind is collections.OrderedDict:
        for key, value in content:
            kind.__setitem__(thing, key, value)
    else:
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

    def __init__(self, roots, own, most=MOST_OBJECTS, ignored=()):
        # `own`: the repository's modules by name.
        self._restorers, self._own = {}, own
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
            if issubclass(type(thing), threading.local):
                thing = kept_for_thread(thing)
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

    def is_complete(self):
        return len(self.objects) < self._most

    def put_back(self, different):
        """Gives the objects at these positions their content back where it is known; whether nothing differs then."""
        for position in different:
            restore = self._restorers.get(id(self.objects[position]))
            if restore is not None:
                restore()
        collect_quietly()
        return not any(self._is_dirty(self._chunks[index]) for index in {one // CHUNK for one in different})

    @staticmethod
    def _is_dirty(chunk):
        _, part, _, before = chunk
        return not same_things(gc.get_referents(*part), before)

    def different(self):
        """Positions of the objects that hold other things now."""
        found = []
        for start, part, counts, before in filter(self._is_dirty, self._chunks):
            first = 0
            for offset, (thing, count) in enumerate(zip(part, counts)):
                if not same_things(gc.get_referents(thing), before[first : first + count]):
                    found.append(start + offset)
                first += count
        return found

    def differs(self):
        return any(map(self._is_dirty, self._chunks))


def same_things(now, before):
    return len(now) == len(before) and not any(map(is_not, now, before))


def same_names(now, before):
    """Whether two namespaces hold the same things by the same names, in the same order."""
    return same_things(now.values(), before.values()) and list(now) == list(before)


class Namespaces:
    """What the names of some modules mean at this moment."""

    def __init__(self, modules):
        self.modules = modules
        self.before = [dict(module.__dict__) for module in modules]
        self._now = [module.__dict__ for module in modules]
        self._held, self._last = self._glance()

    def _glance(self):
        # A name that comes, goes or means something else changes what all hold, in order, or the last name.
        return gc.get_referents(*self._now), [next(reversed(now), None) for now in self._now]

    def touched(self):
        """Positions of the modules in which names differ."""
        held, last = self._glance()
        if last == self._last and same_things(held, self._held):
            return []
        return [n for n, (now, before) in enumerate(zip(self._now, self.before)) if not same_names(now, before)]


def kept_for_thread(local):
    """What a `threading.local` holds for this thread."""
    # By way of its type: each thread is given another dictionary.
    return threading.local.__getattribute__(local, "__dict__")


def event_loop_state():
    """What `asyncio` keeps for this thread: which event loop it has, and whether it may get one."""
    policy = getattr(sys.modules.get("asyncio.events"), "_event_loop_policy", None)
    local = getattr(policy, "_local", None)
    return kept_for_thread(local) if issubclass(type(local), threading.local) else {}


def caches_of_loggers():
    known = [logging.root] + list(logging.Logger.manager.loggerDict.values())
    return [one._cache for one in known if isinstance(getattr(one, "_cache", None), dict)]


class StateProbe:
    """The state of the repository's modules and of the process around them."""

    def __init__(self, resolve, extra_roots=()):
        self.modules = own_modules(resolve)
        self._namespaces = Namespaces(list(self.modules.values()))
        # What they remember of whether a message matters changes no test.
        self._picture = Picture((), self.modules, ignored=caches_of_loggers())
        for name, namespace in zip(self.modules, self._namespaces.before):
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
        self._known = frozenset(map(id, self._picture.objects))
        self._decimal = arithmetic.everything()
        self._event_loop = dict(event_loop_state())
        self._process = self._look_around()
        self._resolve = resolve
        self._loaded = frozenset(sys.modules)
        # What the last `residue` found: positions in the picture, and of modules.
        self._different, self._touched = [], []

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
            "event loop": sorted((name, id(value)) for name, value in event_loop_state().items()),
            "logging": (
                logging.Logger.manager.disable,
                [(one.level, one.disabled, one.propagate, id(one.parent)) for one in self._loggers],
            ),
        }

    def knows(self, thing):
        """Whether what this object holds, and what it leads to, is part of what `residue` compares."""
        return id(thing) in self._known and self._picture.is_complete()

    def put_back(self):
        """
        Gives what `residue` has just found its content back, and the process its environment, folder, arithmetic and
        event loop; whether everything is as it was then.
        """
        try:
            self._put_back_process()
            for number in self._touched:
                now = self._namespaces.modules[number].__dict__
                set_names(now, self._namespaces.before[number], now.__setitem__, now.__delitem__)
            if sys.modules.keys() != self._loaded:
                for name in set(own_modules(self._resolve)) - self._loaded:
                    del sys.modules[name]
            return self._picture.put_back(self._different) and not self._left_around()
        except (AttributeError, OSError, TypeError, ValueError):
            return False

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
        put_back_container(dict, event_loop_state(), self._event_loop)

    @staticmethod
    def _is_late_part(package, name):
        """Whether a package has this name because a module of it was loaded: by itself that changes no test."""
        module = sys.modules.get("%s.%s" % (package, name))
        return module is not None and sys.modules[package].__dict__.get(name) is module

    def residue(self):
        """Sorted labels of what is different now."""
        self._different = self._picture.different()
        self._touched = self._namespaces.touched()
        labels = {self._picture.labels[position] for position in self._different}
        return sorted(labels | self._left_around())

    def _left_around(self):
        """Labels of what differs apart from the content of objects."""
        found, missing = set(), object()
        names = list(self.modules)
        for number in self._touched:
            name, before = names[number], self._namespaces.before[number]
            now = self._namespaces.modules[number].__dict__
            for key in set(before) | set(now):
                if key != "__warningregistry__":
                    if before.get(key, missing) is not now.get(key, missing):
                        if key in before or not self._is_late_part(name, key):
                            found.add("%s.%s" % (name, key))
        for name, value in self._look_around().items():
            if self._process[name] != value:
                found.add(name)
        return found
