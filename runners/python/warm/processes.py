# Follows the processes that a recorded test starts, and says whether all of them could be followed.
import importlib.util
import os
import shutil
import sys

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "started")


def load_started():
    """What started programs load, for use in this one."""
    spec = importlib.util.spec_from_file_location("_swemint_started", os.path.join(FOLDER, "sitecustomize.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


started = load_started()


class ProcessFollower:
    """In a recording child: Python programs and forks report the lines they run through one file."""

    def __init__(self, root, file, tracer):
        self._root, self._file, self._tracer = root, file, tracer
        self._read_to = 0
        self._opened = False

    def announce(self):
        """Before collection: what programs need in order to report is part of the environment from then on."""
        os.environ[started.FILE] = self._file
        os.environ[started.ROOT] = self._root
        find_started(os.environ)

    def forget(self):
        self._read_to = 0
        if os.path.exists(self._file):
            os.unlink(self._file)

    def open(self):
        if not self._opened:
            os.register_at_fork(after_in_child=self._forked)
        self._opened = True

    def _forked(self):
        self._tracer.stop()
        started.follow(self._file, self._root, b"fork\n")

    def take(self):
        """(programs, forks, {path: {place: [lines]}}, sources read as data) since the last call."""
        programs = forks = 0
        lines, reads = {}, set()
        try:
            with open(self._file, "rb") as file:
                file.seek(self._read_to)
                text = file.read()
        except FileNotFoundError:
            return 0, 0, lines, reads
        self._read_to += len(text)
        for row in text.decode("utf-8", "replace").split("\n"):
            if row == "program":
                programs += 1
            elif row == "fork":
                forks += 1
            elif row.startswith("read\t"):
                reads.add(row.partition("\t")[2])
            elif row.count("\t") == 2:
                path, place, line = row.split("\t")
                if line.isdigit():
                    lines.setdefault(path, {}).setdefault(place, []).append(int(line))
        return programs, forks, lines, reads


def find_started(environment):
    known = environment.get("PYTHONPATH")
    environment["PYTHONPATH"] = FOLDER + (os.pathsep + known if known else "")


def announce_in(environment):
    """
    Whether a program with this environment reports what it runs. One that a test wrote for its program is given
    what is missing; the program gets it because nobody has read it yet.
    """
    needed = {name: value for name, value in os.environ.items() if name.startswith("SWEMINT_COVER_")}
    names = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
    found = FOLDER in names.get("PYTHONPATH", "").split(os.pathsep)
    if found and needed and needed.keys() <= names.keys():
        return True
    if not needed or type(environment) is not dict or not all(isinstance(name, str) for name in environment):
        return False
    environment.update(needed)
    if not found:
        find_started(environment)
    return True


def is_python(program):
    """By its name, or by the first line of a script."""
    if not isinstance(program, (str, bytes, os.PathLike)):
        return False
    name = os.path.basename(os.fsdecode(program))
    if name.startswith(("python", "pypy")) or name == os.path.basename(sys.executable):
        return True
    script = shutil.which(os.fsdecode(program))
    if script is None:
        return False
    try:
        with open(script, "rb") as file:
            first = file.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first
