# Loads unittest tests as ordinary runs do, and then serves: any choice of tests, as often as forked.
import argparse
import doctest
import os
import sys
import unittest

import swemint_unittest
from swemint_report import Paths

from .probe import put_back_container

RICH_OPTIONS = []
# How test cases are made that hold nothing but their framework's own.
PLAIN = (unittest.TestCase.__init__, unittest.FunctionTestCase.__init__, doctest.DocTestCase.__init__)


class StoppableResult(swemint_unittest.ReportResult):
    def __init__(self, report, names, stopped):
        super().__init__(report, names)
        self.stopped = stopped

    def stopTest(self, test):
        super().stopTest(test)
        if self.stopped():
            self.stop()


def cheapen_failures(wants_more=lambda: False):
    """
    Replaces tracebacks by one line while `wants_more()` says no; whether a test failed, and how, does not
    depend on them.
    """
    ordinary = StoppableResult.fail

    def fail(self, test, error, kind):
        if wants_more():
            ordinary(self, test, error, kind)
            return
        message = "%s: %s" % (error[0].__name__, error[1])
        if self.current is not None:
            self.settle("failed", kind, message)
        else:
            self.fail_fixture(test, message)

    StoppableResult.fail = fail


class Suite:
    """The loaded tests; class and module fixtures run as `unittest.TestSuite` runs them."""

    def __init__(self, report, tests):
        self.report = report
        self.tests = [test for test, _, _ in tests]
        self.ids = [test_id for _, test_id, _ in tests]
        self.files = [file for _, _, file in tests]
        self.test_modules = set(self.files)
        self._index = {test: number for number, test in enumerate(self.ids)}
        # Test cases that ran since the last reset, with their attributes before.
        self._ran = []
        self.version = "unittest %d.%d.%d" % sys.version_info[:3]

    def shared_by(self, test_id):
        """What a test shares with others: its class, when that is set up once for all its tests."""
        kind = type(self.tests[self._index[test_id]])
        if getattr(kind.setUpClass, "__func__", None) is unittest.TestCase.setUpClass.__func__:
            return []
        return [("%s.%s" % (kind.__module__, kind.__qualname__), kind)]

    def shared_keys(self):
        for test_id in self.ids:
            yield test_id, [key for key, _ in self.shared_by(test_id)]

    def watch_shared(self, state):
        """Classes are set up before their first test starts; `state` looks then."""

    def state_roots(self):
        return []

    def parameters(self):
        """{test: what its case holds}: what else than modules tests start from."""
        return {test_id: test.__dict__ for test, test_id in zip(self.tests, self.ids)}

    def reset(self):
        """
        Takes from the test cases what their tests set on them; whether they are as before. Those that are built
        in a way of their own may hold anything.
        """
        for test, before, names in self._ran:
            if type(test).__init__ not in PLAIN or test._cleanups:
                return False
            put_back_container(dict, test.__dict__, before)
            if names is not None:
                put_back_container(dict, test._dt_test.globs, names)
        self._ran = []
        return True

    def prepare(self, report):
        self.report = report

    def run(self, indexes, stopped):
        names, parts, file = {}, [], None
        for index in indexes:
            test = self.tests[index]
            names[id(test)] = (test, self.ids[index], self.files[index])
            # An example's names, which its end clears.
            globs = dict(test._dt_test.globs) if isinstance(test, doctest.DocTestCase) else None
            self._ran.append((test, dict(test.__dict__), globs))
            if not parts or self.files[index] != file:
                parts.append([])
                file = self.files[index]
            parts[-1].append(test)
        everything = unittest.TestSuite(unittest.TestSuite(part) for part in parts)
        everything.run(StoppableResult(self.report, names, stopped))


def preload():
    import unittest.mock  # noqa: F401


def run_session(arguments, root, report, keep_file, serve, checkpoint=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("-s", "--start-directory", default=".")
    parser.add_argument("-p", "--pattern", action="append")
    parser.add_argument("-t", "--top-level-directory")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args(arguments)
    if checkpoint is not None:
        report, keep_file = checkpoint()
    paths = Paths(root)
    sys.path[:] = [os.getcwd()] + [entry for entry in sys.path if entry]
    if options.top_level_directory:
        sys.path.insert(0, os.path.abspath(options.top_level_directory))
    sys.modules["__main__"] = swemint_unittest
    sys.argv = ["python -m unittest"]
    loader = unittest.TestLoader()
    tests, seen = [], {}
    files = options.files or swemint_unittest.find_files(
        options.start_directory, options.pattern or ["test*.py"]
    )
    for path in files:
        path = os.path.abspath(path)
        file = paths.relative(path)
        if keep_file is not None and not keep_file(file):
            continue
        report.collecting()
        for test in swemint_unittest.flatten(swemint_unittest.load(path, loader, report, file)):
            test_id = "%s::%s" % (file, swemint_unittest.test_name(test))
            seen[test_id] = seen.get(test_id, 0) + 1
            if seen[test_id] > 1:
                test_id = "%s#%d" % (test_id, seen[test_id])
            tests.append((test, test_id, file))
    serve(Suite(report, tests))
    return 0
