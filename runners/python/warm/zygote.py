# An emptier parent: framework and third-party packages are imported, nothing of the repository is.
import importlib
import os
import sys
import traceback

from . import clock
from .child import STILL_RUNNING
from .imports import module_files
from .imprint import differing, imprint_of
from .parent import KeptCompilations, fork_for_orders, settle
from .reports import ChildReport
from .tracer import resolver


MOST_NOTICED = 20


def preload(names, root):
    """
    Imports what the tests will need anyway. Returns the first name whose import brought in a module of the
    repository (then this process is of no use), or None.
    """
    resolve = resolver(root)
    for name in names:
        if name in sys.modules:
            continue
        try:
            importlib.import_module(name)
        except BaseException:
            # It may need what a test file sets up first; then the session imports it.
            continue
        if module_files(resolve):
            return name
    return None


def zygote_parent(host, arguments, root, working_folder, links, names, early, rich):
    """
    Forks where the framework is about to load the first file of the repository. `early`: before the framework
    has read its configuration and loaded its plug-ins, for repositories that are plug-ins themselves. `rich`:
    failures are described as ordinary runs describe them until one is new; describing one well costs more
    than most tests.
    """
    settle(links, working_folder)
    host.preload()
    if rich:
        arguments = host.RICH_OPTIONS + arguments
    session = Session(links, root, names)
    host.cheapen_failures(lambda: rich and session.report.new_failures == 0)
    if early:
        session.fork()
    try:
        code = host.run_session(
            arguments, root, session.report, None, session.on_collected, session.at_checkpoint
        )
        session.send("no-session", code=code, errors=session.report.errors)
        session.finish(0)
    except BaseException:
        if session.forked and os.getpid() == session.report.owner:
            session.report.flush()
            session.send("broken", reason=traceback.format_exc()[-1500:])
        elif not session.forked:
            session.send("failed", code=None, errors=[], early=True, reason=traceback.format_exc()[-1500:])
    finally:
        session.finish(1)


class Unforked:
    """What collects reports here before there is an order; plug-ins may fail already."""

    def __init__(self):
        self.owner = os.getpid()
        self.errors = []
        self.new_failures = 0

    def collecting(self):
        pass

    def collection_error(self, file, message):
        self.errors.append({"file": file, "message": message})


class Session:
    """One framework session: the same process up to the checkpoint, then a fork for each order."""

    def __init__(self, links, root, names):
        self.links, self.root, self.names = links, root, names
        self.finish = os._exit
        self.report = Unforked()
        self.expected = {}
        # What importing these files leaves in memory where nothing is changed, by a number for the files.
        self.imprints = {}
        self.order = None

    @property
    def forked(self):
        return self.order is not None

    def send(self, event, **more):
        self.links.events.send(event=event, process=os.getpid(), **more)

    def note(self, order):
        self.expected.update(order["expected"])
        self.imprints.update(order.get("imprints") or {})

    def at_checkpoint(self):
        """Called by the host. In a fork: (where reports go, which files to collect)."""
        if not self.forked:
            self.fork()
        keep = self.order["files"]
        return self.report, None if keep is None else frozenset(keep).__contains__

    def fork(self):
        """Returns in forks only."""
        if module_files(resolver(self.root)):
            self.send("failed", code=None, errors=[], early=True)
            self.finish(0)
        culprit = preload(self.names, self.root)
        if culprit is not None:
            self.send("failed", code=None, errors=[], culprit=culprit)
            self.finish(0)
        self.order = fork_for_orders(
            self.links,
            {"threads": clock.thread_count(), "tests": [], "files": []},
            self.note,
        )
        self.report = ChildReport(
            self.links.events,
            self.links.shared,
            self.expected,
            self.order.get("hub"),
            everything=self.order["all"],
        )
        if self.order.get("compile"):
            KeptCompilations()
        self.send("begin")

    def on_collected(self, suite):
        """Runs the wanted tests and ends this process."""
        order, report = self.order, self.report
        report.flush()
        if order.get("look"):
            before = report.cpu()
            parts = imprint_of(resolver(self.root), suite)
            self.send("looked", imprint=parts, lookMs=(report.cpu() - before) * 1000)
            self.finish(0)
        wanted = None if order["tests"] is None else frozenset(order["tests"])
        enough, noticed = wanted, None
        if order.get("narrow"):
            noticed, enough = self.narrowed(suite, order["narrow"])
        indexes = [i for i, test in enumerate(suite.ids) if enough is None or test in enough]
        suite.prepare(report)
        suite.run(indexes, report.should_stop)
        if os.getpid() != report.owner:
            self.finish(0)
        report.flush()
        if clock.would_not_end():
            self.send("broken", reason=STILL_RUNNING)
            self.finish(0)
        self.send(
            "done",
            ran=report.ran,
            stopped=report.stopped,
            newFailures=report.new_failures,
            inside=report.inside,
            noticed=noticed,
            narrowed=enough is not wanted,
            missing=missing_tests(suite.ids, self.expected, order["files"], wanted),
            errors=report.errors,
        )
        self.finish(0)

    def narrowed(self, suite, narrow):
        """
        (names that hold something else than where nothing is changed, apart from those that the change is about;
        the tests that can notice the change, or None for all).
        """
        now = imprint_of(resolver(self.root), suite, narrow["standIns"])
        if now is None:
            return None, None
        noticed = sorted(differing(self.imprints[narrow["files"]], now).difference(narrow["except"]))
        tests = set(narrow["tests"])
        for label in noticed:
            file, _, rest = label.partition(":")
            if file not in narrow["near"]:
                return noticed[:MOST_NOTICED], None
            if rest.startswith(":"):
                tests.update(test for test in suite.ids if test.partition("[")[0] == label)
            else:
                tests.update(narrow["near"][file])
        return noticed[:MOST_NOTICED], tests


def missing_tests(found, expected, files, wanted):
    """Known tests of the kept files that this session did not find."""
    here = set(found)
    return [
        test
        for test in expected
        if test not in here
        and (files is None or test.partition("::")[0] in files)
        and (wanted is None or test in wanted)
    ]
