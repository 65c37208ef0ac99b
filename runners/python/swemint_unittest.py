# Finds and runs unittest tests as `python -m unittest discover` does, and reports per test.
import argparse
import fnmatch
import importlib
import os
import sys
import time
import traceback
import unittest

from swemint_report import take_environment

SKIPPED_FOLDERS = {"node_modules", "__pycache__", "site-packages", "venv", "build", "dist"}


def find_files(start, patterns):
    """Test files below the start folder, sorted, hidden and dependency folders left out."""
    found = []
    for folder, folders, files in os.walk(start):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS
        )
        for name in sorted(files):
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                found.append(os.path.join(folder, name))
    return found


def module_of(path):
    """(top folder, dotted name) under which a file imports: packages are those with __init__.py."""
    folder, name = os.path.split(os.path.abspath(path))
    parts = [] if name == "__init__.py" else [name[: -len(".py")]]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    return folder, ".".join(parts)


def import_file(path):
    top, name = module_of(path)
    if top in sys.path:
        sys.path.remove(top)
    sys.path.insert(0, top)
    known = sys.modules.get(name)
    if known is not None:
        if os.path.realpath(getattr(known, "__file__", None) or "") == os.path.realpath(path):
            return known
        # Another folder has a test file of the same name.
        for loaded in [n for n in sys.modules if n == name or n.startswith(name + ".")]:
            del sys.modules[loaded]
    return importlib.import_module(name)


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def test_name(test):
    """`Class::method`, or the framework's own name for function and doctest cases."""
    method = getattr(test, "_testMethodName", None)
    if isinstance(test, unittest.FunctionTestCase) or method is None:
        return test.id()
    return "%s::%s" % (type(test).__qualname__, method)


class ReportResult(unittest.TestResult):
    def __init__(self, report, names):
        super().__init__()
        self.report, self.names = report, names
        self.current = None
        self.began = 0.0
        self.reported = {}
        self.clock = time.perf_counter

    def startTest(self, test):
        super().startTest(test)
        _, test_id, file = self.names[id(test)]
        self.current = {"id": test_id, "file": file, "status": None, "class": type(test)}
        self.began = self.clock()
        self.report.test_start(test_id)

    def stopTest(self, test):
        super().stopTest(test)
        current, self.current = self.current, None
        if current is None:
            return
        milliseconds = (self.clock() - self.began) * 1000
        # A test without any outcome: all of its subtests passed on an old Python.
        self.emit(current, current["status"] or "passed", milliseconds)

    def emit(self, test, status, milliseconds):
        self.reported[test["id"]] = test
        self.report.test(
            test["id"], test["file"], status, test.get("kind"), milliseconds, test.get("message")
        )

    def _exc_info_to_string(self, err, test):
        # The base class describes each failure once more, for a summary that nobody reads.
        return ""

    def has_failed(self):
        return self.current is not None and self.current["status"] == "failed"

    def settle(self, status, kind=None, message=None):
        if self.current is None or self.has_failed():
            return
        self.current.update(status=status, kind=kind, message=message)

    def fail(self, test, error, kind):
        message = "".join(traceback.format_exception(*error))
        if self.current is not None:
            self.settle("failed", kind, message)
        else:
            self.fail_fixture(test, message)

    def fail_fixture(self, holder, message):
        """A class or module fixture failed: `setUpClass (package.module.Class)`."""
        fixture, _, place = holder.id().partition(" (")
        place = place.rstrip(")")
        members = self.members_of(place, fixture)
        if fixture.startswith("tearDown"):
            # Its tests have run and stand; as with pytest the last of them carries the error.
            members = [member for member in members if member[0] in self.reported][-1:]
        for test_id, file in members:
            failed = {"id": test_id, "file": file, "kind": "error", "message": message}
            self.emit(failed, "failed", 0.0)
        if not members:
            self.report.collection_error(place, message)

    def members_of(self, place, fixture):
        """(id, file) of every test of a class or module, as a fixture's name tells it."""
        return [
            (test_id, file)
            for test, test_id, file in self.names.values()
            if place in places_of(test, fixture)
        ]

    def addError(self, test, err):
        before = self.report.describing()
        super().addError(test, err)
        self.fail(test, err, "error")
        self.report.leave_out(before)

    def addFailure(self, test, err):
        before = self.report.describing()
        super().addFailure(test, err)
        self.fail(test, err, "assertion")
        self.report.leave_out(before)

    def addSubTest(self, test, subtest, err):
        before = self.report.describing()
        super().addSubTest(test, subtest, err)
        if err is not None and not self.has_failed():
            kind = "assertion" if issubclass(err[0], test.failureException) else "error"
            message = "".join(traceback.format_exception(*err))
            self.settle("failed", kind, "%s\n%s" % (subtest, message))
        self.report.leave_out(before)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.settle("passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if self.current is not None:
            self.settle("skipped", message=reason)
            return
        if id(test) in self.names:
            # Python 3.12.1 skips decorated tests without starting them.
            _, test_id, file = self.names[id(test)]
            self.emit({"id": test_id, "file": file, "message": reason}, "skipped", 0.0)
            return
        fixture, _, place = test.id().partition(" (")
        for test_id, file in self.members_of(place.rstrip(")"), fixture):
            self.emit({"id": test_id, "file": file, "message": reason}, "skipped", 0.0)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.settle("passed")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.settle("failed", "assertion", "Unexpected success")


def places_of(test, fixture):
    """How unittest names the class or module that a fixture belongs to."""
    kind = type(test)
    if fixture.endswith("Module"):
        return (kind.__module__,)
    return ("%s.%s" % (kind.__module__, kind.__qualname__), "%s.%s" % (kind.__module__, kind.__name__))


def load(path, loader, report, file):
    """The tests of one file; a file that cannot be loaded is reported and gives none."""
    try:
        loader.errors = []
        suite = loader.loadTestsFromModule(import_file(path))
        if loader.errors:
            report.collection_error(file, "\n".join(loader.errors))
            return unittest.TestSuite()
        return suite
    except unittest.SkipTest:
        return unittest.TestSuite()
    except KeyboardInterrupt:
        raise
    except BaseException:  # A test file may call sys.exit() when it is imported.
        report.collection_error(file, traceback.format_exc())
        return unittest.TestSuite()


def main(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("-s", "--start-directory", default=".")
    parser.add_argument("-p", "--pattern", action="append")
    parser.add_argument("-t", "--top-level-directory")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args(arguments)
    report, paths, wanted = take_environment()
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.getcwd()] + [entry for entry in sys.path if entry and os.path.abspath(entry) != here]
    if options.top_level_directory:
        sys.path.insert(0, os.path.abspath(options.top_level_directory))
    sys.argv = ["python -m unittest"]
    report.start("unittest", "%d.%d.%d" % sys.version_info[:3])
    loader = unittest.TestLoader()
    everything, names, seen = unittest.TestSuite(), {}, {}
    files = options.files or find_files(options.start_directory, options.pattern or ["test*.py"])
    for path in files:
        path = os.path.abspath(path)
        file = paths.relative(path)
        tests = []
        for test in flatten(load(path, loader, report, file)):
            test_id = "%s::%s" % (file, test_name(test))
            seen[test_id] = seen.get(test_id, 0) + 1
            if seen[test_id] > 1:
                test_id = "%s#%d" % (test_id, seen[test_id])
            if wanted is None or test_id in wanted:
                names[id(test)] = (test, test_id, file)
                tests.append(test)
        everything.addTest(unittest.TestSuite(tests))
    result = ReportResult(report, names)
    everything.run(result)
    code = 0 if result.wasSuccessful() else 1
    report.end(code)
    print("Ran %d tests, %d failed" % (result.testsRun, len(result.failures) + len(result.errors)))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
