# Hears through the interpreter's audit events what a test does beyond its own memory: processes, source files, the tree.
import os
import sys

from .opened import OpenedFiles
from .processes import announce_in, is_python, started

# Event: which of its arguments are the program and the environment.
START_EVENTS = {
    "subprocess.Popen": (0, 3),
    "os.exec": (0, 2),
    "os.posix_spawn": (0, 2),
    "os.spawn": (1, 3),
    "os.system": (0, None),
    "pty.spawn": (None, None),
}
FORK_EVENTS = frozenset(("os.fork", "os.forkpty"))
CHANGE_EVENTS = frozenset(
    ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree", "shutil.move")
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """Collects what happened since the last `take`. Audit hooks stay for the life of the process."""

    def __init__(self, root, resolve):
        self.root, self.resolve = root, resolve
        self.opened = None
        self.reset()

    def reset(self):
        self.pythons = self.forks = self.unfollowed = 0
        self.reads, self.writes = set(), set()

    def open(self):
        sys.addaudithook(self._hear)

    def take(self):
        if self.opened is not None:
            opened, self.opened = self.opened, None
            self.reads.update(filter(None, map(self.resolve, opened.close())))
        found = {
            "pythons": self.pythons,
            "forks": self.forks,
            "unfollowed": self.unfollowed,
            "reads": sorted(self.reads),
            "writes": sorted(self.writes),
        }
        self.reset()
        return found

    def _hear(self, event, arguments):
        if event == "open":
            path, mode, flags = arguments
            if not isinstance(path, str):
                return
            if isinstance(flags, int) and flags & WRITING:
                self._wrote(path)
            elif path.endswith(".py"):
                self._read(path)
        elif event in FORK_EVENTS:
            self.forks += 1
        elif event in START_EVENTS:
            # From 3.13 on `subprocess` starts programs that way too, and has told of it already.
            if event != "os.posix_spawn" or sys._getframe(1).f_globals.get("__name__") != "subprocess":
                self._started(arguments, *START_EVENTS[event])
        elif event in CHANGE_EVENTS:
            for argument in arguments[:2]:
                if isinstance(argument, str):
                    self._wrote(argument)

    def _started(self, arguments, program, environment):
        if program is not None and is_python(arguments[program]):
            self.pythons += 1
        elif not self._follow_others():
            self.unfollowed += 1
        given = None if environment is None else arguments[environment]
        if given is not None and not announce_in(given):
            # It does not inherit what makes Python programs report: nobody knows what it runs.
            self.unfollowed += 1

    def _follow_others(self):
        """A program of another kind tells nothing: from now on whoever opens a source of the repository is heard."""
        if self.opened is None:
            self.opened = OpenedFiles.below(self.root)
        return self.opened is not None

    def _wrote(self, path):
        relative = self.resolve(path)
        if relative is not None and "__pycache__" not in relative and not path.startswith("/proc"):
            self.writes.add(relative)

    def _read(self, path):
        relative = self.resolve(path)
        if relative is not None and started.reads_for_itself(sys._getframe(2)):
            self.reads.add(relative)
