# Decides whether a child is exactly as it was when forked, so that the next candidate may use it as well.
import _signal
import abc
import copyreg
import gc
import importlib
import linecache
import locale
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
import types
import weakref

from . import arithmetic, clock
from .garbage import collect_quietly
from .probe import Namespaces, Picture, kept_for_thread

# As plain numbers: an enumeration's members take their time.
SIGNALS = [int(number) for number in signal.valid_signals()]
# A child is renewed now and then whatever the checks say.
MOST_CANDIDATES = 50
OFTEN_PATCHED = (
    "asyncio", "asyncio.events", "builtins", "collections", "datetime", "decimal", "functools", "importlib", "inspect",
    "io", "json", "locale", "logging", "math", "os", "os.path", "pathlib", "platform", "random", "re", "shutil",
    "signal", "socket", "ssl", "string", "subprocess", "sys", "tempfile", "threading", "time", "traceback", "types",
    "urllib.request", "uuid", "warnings",
)  # fmt: skip
LOOKS = (
    "open files", "modules", "signal handlers", "timer", "mask", "threads", "tracer", "profiler", "garbage", "collector",
    "registrations", "pickling", "locale", "time zone", "switch interval", "socket timeout",
)  # fmt: skip
# Set by the interpreter itself when something fails.
FREE_NAMES = frozenset(("last_exc", "last_type", "last_value", "last_traceback", "__warningregistry__"))


class Freshness:
    """What a new child looks like, apart from the state that the probe knows. Made in the parent, for all children."""

    def __init__(self, own_modules):
        self._neighbours = Namespaces(neighbours(own_modules))
        self._loaded = frozenset(sys.modules)
        self._locals = Picture(self._thread_locals(), own_modules)
        self._locals.take()
        self._locals.keep_contents(set(self._locals.labels))
        self._first = None

    def begin(self, temporary):
        """In a new child, before its first candidate. `temporary`: the folder for its temporary files."""
        self._temporary = temporary
        self._candidates = 0
        self._random = random.getstate()
        self._decimal = arithmetic.everything()
        self._temporary_names = tempfile.tempdir, tempfile._name_sequence
        self._kept = frozenset(os.listdir(temporary))
        self._first = self._look()

    @property
    def begun(self):
        return self._first is not None

    def _thread_locals(self):
        """What foreign modules keep for each thread."""
        values = [value for module in self._neighbours.modules for value in list(module.__dict__.values())]
        return [kept_for_thread(value) for value in values if issubclass(type(value), threading.local)]

    def _look(self):
        mask = os.umask(0o22)
        os.umask(mask)
        return (
            len(os.listdir("/proc/self/fd")),
            frozenset(sys.modules),
            [id(_signal.getsignal(number)) for number in SIGNALS],
            signal.getitimer(signal.ITIMER_REAL),
            mask,
            clock.thread_count(),
            sys.gettrace(),
            sys.getprofile(),
            len(gc.garbage),
            gc.isenabled(),
            abc.get_cache_token(),
            len(copyreg.dispatch_table),
            locale.setlocale(locale.LC_ALL),
            time.tzname,
            sys.getswitchinterval(),
            sys.modules["socket"].getdefaulttimeout() if "socket" in sys.modules else None,
        )

    def _is_temporary(self, module):
        """Whether a test made this module itself: in a folder that is gone now, or lent by a proxy."""
        if type(module) in weakref.ProxyTypes:
            return True
        places = [getattr(module, "__file__", None), *(getattr(module, "__path__", None) or ())]
        places = [place for place in places if isinstance(place, str)]
        return bool(places) and all(place.startswith(self._temporary + os.sep) for place in places)

    def restore(self):
        """
        Puts back what may be put back without asking: random numbers, temporary files, attributes of modules.
        Returns the modules whose attributes differed, with what they held.
        """
        random.setstate(self._random)
        arithmetic.put_back(self._decimal)
        # They remember files that the candidate changed.
        linecache.clearcache()
        importlib.invalidate_caches()
        tempfile.tempdir, tempfile._name_sequence = self._temporary_names
        for name in os.listdir(self._temporary):
            if name not in self._kept:
                path = os.path.join(self._temporary, name)
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    os.unlink(path)
        for name in [name for name in sys.modules if name not in self._loaded]:
            if self._is_temporary(sys.modules[name]):
                del sys.modules[name]
        modules = self._neighbours.modules
        touched = [(modules[number], self._neighbours.before[number]) for number in self._neighbours.touched()]
        for module, before in touched:
            now = module.__dict__
            for name in changed_names(now, before):
                if name in before:
                    now[name] = before[name]
                else:
                    del now[name]
        return touched

    def difference(self):
        """What is not as it was, in a few words, or None. Names a difference when in doubt."""
        self._candidates += 1
        if self._candidates >= MOST_CANDIDATES:
            return "renewed in good time"
        try:
            os.waitpid(-1, os.WNOHANG)
            return "a process was left"
        except ChildProcessError:
            pass
        touched = self.restore()
        different = self._locals.different()
        if different and not self._locals.put_back(different):
            return "what is kept for a thread"
        if touched:
            # An event loop that nobody knows any more closes its files.
            collect_quietly()
        now = self._look()
        for name, before, after in zip(LOOKS, self._first, now):
            if before != after:
                loaded = sorted(after ^ before)[:3] if isinstance(after, frozenset) else ""
                return "%s %s" % (name, loaded)
        for module, before in touched:
            for name in changed_names(module.__dict__, before):
                return "%s.%s" % (module.__name__, name)
        return None


def neighbours(own_modules):
    """Foreign modules that tests and code name, and those that tests like to patch."""
    found = {name: sys.modules[name] for name in OFTEN_PATCHED if name in sys.modules}
    for own in own_modules.values():
        for value in list(own.__dict__.values()):
            if isinstance(value, types.ModuleType) and value.__name__ not in own_modules:
                found[value.__name__] = value
    return [module for name, module in found.items() if not name.startswith("_swemint")]


def changed_names(now, before):
    """Names of a module that mean something else now."""
    return [name for name in (set(now) | set(before)) - FREE_NAMES if now.get(name) is not before.get(name)]
