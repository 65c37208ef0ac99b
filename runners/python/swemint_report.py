# Writes the report that every Python runner shares: one JSON line per fact, appended at once so that a crash keeps what was seen.
import json
import os
import resource
import time

MESSAGE_LIMIT = 8000


def clip(text, limit=MESSAGE_LIMIT):
    """The first and the last part of a long text."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return "%s\n... %d characters left out ...\n%s" % (
        text[:half],
        len(text) - 2 * half,
        text[-half:],
    )


def bind_clock():
    """Seconds of CPU used by this process and the children it waited for; safe from patched `time`."""
    process_time, getrusage, children = time.process_time, resource.getrusage, resource.RUSAGE_CHILDREN

    def cpu():
        waited = getrusage(children)
        return process_time() + waited.ru_utime + waited.ru_stime

    return cpu


class Report:
    """Appends to the file named by SWEMINT_REPORT; tests may fork, fake or close what they like."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.owner = os.getpid()
        # Bound now: tests replace functions of `os` with fakes.
        self._open, self._write, self._fstat = os.open, os.write, os.fstat
        self._getpid = os.getpid
        # What the clock said when the present test began.
        self.cpu, self._began = bind_clock(), None
        self._flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._descriptor, self._identity = None, None
        self._reopen()

    def _reopen(self):
        self._descriptor = self._open(self.path, self._flags, 0o644)
        found = self._fstat(self._descriptor)
        self._identity = (found.st_dev, found.st_ino)

    def _descriptor_is_ours(self):
        # A test that closes every descriptor lets its own files take the number of ours.
        try:
            found = self._fstat(self._descriptor)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def write(self, **record):
        if self._getpid() != self.owner:
            return  # A forked test process that ran on: the parent reports.
        if not self._descriptor_is_ours():
            self._reopen()
        data = (json.dumps(record) + "\n").encode("ascii")
        while data:
            data = data[self._write(self._descriptor, data) :]

    def start(self, framework, version):
        self.write(type="start", framework=framework, version=version)

    def test_start(self, test_id):
        self.write(type="test-start", id=test_id)
        self._began = self.cpu()

    def describing(self):
        """How a test ended is looked at from now on; returns the CPU time, for `leave_out`."""
        return self.cpu()

    def leave_out(self, since):
        """The CPU time since then is no test's: its failure was described."""
        if self._began is not None:
            self._began += self.cpu() - since

    def test(self, test_id, file, status, kind, milliseconds, message):
        record = dict(
            type="test", id=test_id, file=file, status=status, ms=round(max(0.0, milliseconds), 3)
        )
        if self._began is not None:
            record["cpuMs"] = round(max(0.0, self.cpu() - self._began) * 1000, 3)
            self._began = None
        if status == "failed":
            record["kind"] = kind or "error"
        if message:
            record["message"] = clip(message)
        self.write(**record)

    def collection_error(self, file, message):
        self.write(type="collection-error", file=file, message=clip(message))

    def end(self, exit_code):
        self.write(type="end", exit=int(exit_code))


class Paths:
    """Turns absolute paths into repository-relative ones with forward slashes."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self.real_root = os.path.realpath(self.root)
        self._known = {}

    def relative(self, path):
        path = str(path)
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._relative(path)
        return found

    def _relative(self, path):
        absolute = os.path.join(self.root, path)
        for root, candidate in ((self.root, absolute), (self.real_root, os.path.realpath(absolute))):
            relative = os.path.relpath(candidate, root)
            if relative != ".." and not relative.startswith(".." + os.sep):
                return relative.replace(os.sep, "/")
        return path.replace(os.sep, "/")


def selected_tests(environment):
    """Test ids asked for, or None for all. Packed, because a command line is too short for them."""
    import base64
    import zlib

    packed = environment.pop("SWEMINT_TESTS", None)
    if packed is None:
        return None
    part = 1
    while True:
        more = environment.pop("SWEMINT_TESTS_%d" % part, None)
        if more is None:
            break
        packed += more
        part += 1
    return set(json.loads(zlib.decompress(base64.b64decode(packed)).decode("utf-8")))


def take_environment():
    """Reads our variables and removes them, so that no program a test starts writes to our report."""
    environment = os.environ
    report = environment.pop("SWEMINT_REPORT")
    root = environment.pop("SWEMINT_ROOT", os.getcwd())
    return Report(report), Paths(root), selected_tests(environment)
