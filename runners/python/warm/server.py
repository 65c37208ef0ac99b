# Answers the driver: keeps the parents alive, plans each candidate, and reports what its tests said.
import importlib
import os
import shutil
import sys
import tempfile
import time
import traceback

from . import bits, clock, zygote
from .choice import Chooser, Plan
from .disk import Overlay
from .handle import Limits, ParentGone, ParentHandle
from .narrowing import Narrowing
from .parent import collected_parent
from .record import Unrecordable, make_recording
from .recorder import recording_parent
from .recording import VERSION, Recording
from .tree import Tree
from .wire import Reader, Writer, keep_away, send_order

PROTOCOL = 1
# How many times its own time a test may take while it is traced.
TRACED = 60
FRAMEWORKS = {"pytest": "pytest_host", "unittest": "unittest_host"}
DEFAULT_LIMITS = {
    # A test may use this many times its recorded time, at least the floor, before it counts as hung.
    "factor": 20.0,
    "cpuFloorMs": 750.0,
    "wallFloorMs": 5000.0,
    # The same for importing and collecting, once it is known what that takes with nothing loaded before.
    "importFactor": 5.0,
    "importFloorMs": 2000.0,
    "collectMs": 120000.0,
    # Share of the suite that may newly fail before a candidate is stopped.
    "hubShare": 0.25,
    "hubFloor": 10,
    # CPU time of tests that is worth comparing what imports leave in memory, to spare them.
    "narrowMs": 25.0,
    # Whether a child that is exactly as new serves the next candidate too.
    "reuse": True,
}


def standard(document):
    """Modules of Python itself that the suite imports: they are the same for whoever imports them."""
    known = getattr(sys, "stdlib_module_names", ())
    names = list(document["preload"]) + list(document["late"])
    return [name for name in names if name.partition(".")[0] in known]


def conftest_fails(errors):
    """Whether a session ended before it began because a conftest.py cannot be loaded."""
    return bool(errors) and all(error["file"].rpartition("/")[2] == "conftest.py" for error in errors)


class Server:
    def __init__(self, writer):
        self.writer = writer
        self.base = tempfile.mkdtemp(prefix="sw-")
        self.python = "%d.%d.%d" % sys.version_info[:3]
        self.recording = None
        self.chooser = None
        self.collected = self.zygote = None
        self.can_swap = False
        self.narrowing = None
        self.cpu = clock.bind_clock()
        # Reading a request belongs to it.
        self.began_cpu = self.cpu()

    # ---- requests -------------------------------------------------------------------------------

    def hello(self, request):
        self.framework = request["framework"]
        self.host = importlib.import_module("." + FRAMEWORKS[self.framework], __package__)
        self.arguments = list(request.get("args") or ())
        self.root = os.path.abspath(request["root"])
        self.folder = os.path.join(self.root, request.get("cwd") or ".")
        self.limits = dict(DEFAULT_LIMITS, **(request.get("limits") or {}))
        self.collect_timeout = self.import_timeout = self.limits["collectMs"] / 1000
        self.overlay = Overlay(self.root)
        self.tree = Tree(self.root)
        if request.get("role") == "confirm":
            self.open_confirmer(request["recording"])
            return
        self.collected = self.parent(collected_parent)
        ready = self.collected.open(self.collect_timeout)
        if ready["event"] != "ready":
            self.writer.send(
                type="unusable",
                reason="The suite cannot be collected.",
                errors=ready.get("errors") or [],
            )
            return
        document = request.get("recording")
        if document is not None:
            self.adopt(document)
        else:
            self.announce()

    def open_confirmer(self, document):
        """Serves `hermetic` only: forks that are what a new process would be at the same point."""
        if document.get("version") == VERSION:
            self.recording = Recording(document)
            self.set_test_limits()
            self.open_zygote(standard(self.recording.document), rich=True)
            if self.zygote is not None:
                order = {"files": None, "tests": [], "all": False, "compile": True}
                self.zygote.order(order, self.test_limits())
        self.writer.send(
            type="ready",
            protocol=PROTOCOL,
            python=self.python,
            framework=self.framework,
            tests=0 if self.recording is None else len(self.recording.tests),
            errors=[],
            needsRecording=self.recording is None,
            levels={"swap": False, "reimport": self.zygote is not None},
            warnings=[],
        )

    def announce(self):
        ready = self.collected.ready
        forkable = ready["threads"] == 1
        self.can_swap = forkable
        self.writer.send(
            type="ready",
            protocol=PROTOCOL,
            python=self.python,
            framework=ready["version"],
            tests=len(ready["tests"]),
            errors=ready["errors"],
            needsRecording=self.recording is None,
            levels={
                "swap": forkable,
                "reimport": self.zygote is not None and self.zygote.alive,
            },
            warnings=[]
            if forkable
            else ["Threads run after collection, so the process cannot be forked safely."],
        )

    def record(self, _request):
        def tell(stage, done, total):
            self.writer.send(type="progress", stage=stage, done=done, total=total)

        try:
            document = make_recording(self, tell)
        except Unrecordable as problem:
            self.writer.send(type="unusable", reason=str(problem), errors=problem.errors)
            return
        self.writer.send(type="recording", document=document)
        self.adopt(document)

    def adopt(self, document):
        if document.get("version") != VERSION:
            self.announce()
            return
        self.recording = Recording(document)
        self.chooser = Chooser(self.root, self.recording)
        self.set_test_limits()
        self.suite_index = {test: i for i, test in enumerate(self.collected.ready["tests"])}
        self.can_swap = self.collected.ready["threads"] == 1
        self.expect(self.collected)
        self.open_zygote(self.recording.document["preload"])
        self.announce()

    def open_zygote(self, names, rich=False):
        early = False
        for _ in range(10):
            self.zygote = self.parent(zygote.zygote_parent, names, early, rich)
            ready = self.zygote.open(self.collect_timeout)
            if ready["event"] == "ready":
                if ready["threads"] == 1:
                    self.expect(self.zygote)
                    self.narrow_anew()
                    return
            self.zygote.close()
            culprit = ready.get("culprit")
            if culprit in names:
                # Everything from the same distribution goes with it.
                top = culprit.partition(".")[0]
                names = [name for name in names if name.partition(".")[0] != top]
            elif early:
                break
            early = early or culprit is None
        self.zygote = None

    def expect(self, parent):
        expected = {test["id"]: (n, test["status"]) for n, test in enumerate(self.recording.tests) if not test.get("unstable")}
        send_order(parent._orders, {"expected": expected, "late": self.recording.document["late"]})

    def candidate(self, request):
        began_wall = time.monotonic()
        plan = self.plan(request)
        end = {"path": plan.level, "why": plan.why, "tests": 0, "ran": 0, "stopped": None}
        spent = 0.0
        if request.get("mode") == "plan":
            end["tests"] = len(self.chosen(plan))
        elif plan.level in ("swap", "reimport"):
            for _ in range(2):
                try:
                    spent = self.prepare(plan)
                    spent += self.run(request, plan, end)
                    break
                except ParentGone:
                    self.revive()
                    end["path"], end["why"] = "fresh", "the warm parent died"
            altered = self.tree.tidy()
            if altered is not None:
                end["altered"] = os.path.relpath(altered, self.root)
        cpu = (self.cpu() - self.began_cpu) * 1000 + spent
        self.writer.send(
            type="end",
            id=request["id"],
            cpuMs=round(cpu, 3),
            wallMs=round((time.monotonic() - began_wall) * 1000, 3),
            **end,
        )

    def plan(self, request):
        """The way that fits the change, or the one that the driver asks for."""
        mode, wanted = request.get("mode", "auto"), request.get("tests")
        recording = self.recording
        if mode == "hermetic":
            chosen = request.get("chosen")
            tests = None if chosen is None else int(chosen, 16)
            return Plan("reimport", "these test files were asked for", tests, set(request["testFiles"]))
        if mode == "suite":
            return Plan("reimport", "the whole suite was asked for", None, {t["file"] for t in recording.tests})
        if wanted is not None:
            tests = bits.set_of(recording.index[test] for test in wanted if test in recording.index)
            return self.through_files("these tests were asked for", tests)
        plan = self.chooser.plan(request["files"])
        if plan.level == "swap" and (mode == "reimport" or not self.can_swap):
            return self.through_files(plan.why, plan.tests)
        return plan

    def through_files(self, why, tests):
        """A plan that imports anew what these tests need."""
        files = {self.recording.tests[number]["file"] for number in bits.indexes_of(tests)}
        return Plan("reimport", why, tests, files, on_disk=True)

    def chosen(self, plan):
        """Numbers of the tests that a plan runs."""
        if plan.level == "swap":
            return bits.indexes_of(plan.tests)
        if plan.level != "reimport":
            return []
        return [
            number
            for number, test in enumerate(self.recording.tests)
            if test["file"] in plan.files and (plan.tests is None or plan.tests >> number & 1)
        ]

    def revive(self):
        for parent in (self.collected, self.zygote):
            if parent is not None and not parent.alive:
                if parent.open(self.collect_timeout)["event"] == "ready":
                    self.expect(parent)
        self.narrow_anew()

    def narrow_anew(self):
        """Nothing is known yet of the present emptier parent."""
        self.narrowing = Narrowing(self.zygote, self.recording, self.limits["narrowMs"], self.test_limits)

    def prepare(self, plan):
        if self.zygote is None:
            plan.narrow = None
        return 0.0 if plan.narrow is None else self.narrowing.prepare(plan, self.chosen(plan))

    def run(self, request, plan, end):
        """Runs a plan in a child; returns the CPU milliseconds of child and parent."""
        saved = self.overlay.write(request["files"]) if plan.on_disk or plan.level == "reimport" else None
        try:
            if plan.level == "swap":
                return self.run_swap(request, plan, end)
            return self.run_session(request, plan, end)
        finally:
            if saved is not None:
                self.overlay.restore(saved)

    def run_swap(self, request, plan, end):
        if not self.collected.alive:
            end.update(path="fresh", why="the warm parent cannot be started again")
            return 0.0
        numbers = [
            number
            for number in bits.indexes_of(plan.tests)
            if self.recording.ids[number] in self.suite_index
        ]
        tests = [self.recording.ids[number] for number in numbers]
        positions = [self.suite_index[test] for test in tests]
        end.update(path="swap", why=plan.why, tests=len(positions), chosen="%x" % plan.tests)
        limits = self.test_limits()
        order = {
            "tests": positions,
            "swaps": plan.swaps,
            "hub": self.hub_limit(request),
            "on_disk": plan.on_disk,
            "stay": self.limits["reuse"],
            "shares": bool(plan.tests & self.recording.shares),
            "usual": sorted(self.recording.expected_residue(numbers)),
        }
        results = []
        outcome = self.collected.order(order, limits, results.extend)
        spent = outcome["exit"]["cpuMs"]
        if outcome["event"] == "unable":
            end.update(why=outcome["reason"])
            wider = self.chooser._reimport(request["files"][0]["path"], outcome["reason"])
            end["path"] = "reimport"
            saved = self.overlay.write(request["files"])
            try:
                return spent + self.run_session(request, wider, end)
            finally:
                self.overlay.restore(saved)
        surprise = self.surprise(outcome, numbers)
        if surprise and len(positions) < len(self.suite_index):
            # Tests that never run the change may see what it left behind: all of them run, in order.
            end["alarms"] = surprise
            positions = list(range(len(self.collected.ready["tests"])))
            tests = self.collected.ready["tests"]
            results = []
            order = dict(order, tests=positions)
            outcome = self.collected.order(order, self.test_limits(), results.extend)
            spent += outcome["exit"]["cpuMs"]
            end.update(path="suite", why="unexpected state was left behind", tests=len(positions), chosen=None)
        self.conclude(request, end, outcome, tests, results)
        return spent

    def surprise(self, outcome, numbers):
        """What a child left behind that its tests do not leave behind without the change."""
        if outcome["event"] != "done" or outcome["stopped"]:
            return []
        found = set(outcome.get("residue") or ()) - self.recording.expected_residue(numbers)
        return sorted(found) + sorted(set(outcome.get("shared") or ()) - self.recording.changing)

    def run_session(self, request, plan, end):
        if self.zygote is None or not self.zygote.alive:
            end.update(path="fresh", why="no emptier parent is available here")
            return 0.0
        tests = None
        if plan.tests is not None:
            tests = [self.recording.ids[number] for number in bits.indexes_of(plan.tests)]
        numbers = self.chosen(plan)
        end.update(path="reimport", why=plan.why, tests=len(numbers))
        end["chosen"] = None if plan.tests is None else "%x" % plan.tests
        order = {
            "files": sorted(plan.files),
            "tests": tests,
            "hub": self.hub_limit(request),
            "all": request.get("mode") == "hermetic",
        }
        if plan.narrow is not None:
            order["narrow"] = self.narrowing.order(plan)
        results = []
        outcome = self.zygote.order(order, self.test_limits(), results.extend)
        tests = [self.recording.ids[number] for number in numbers]
        end["narrowed"] = bool(outcome.get("narrowed"))
        self.conclude(request, end, outcome, tests, results)
        return outcome["exit"]["cpuMs"]

    def conclude(self, request, end, outcome, tests, results):
        """Turns a child's last words into answers; without them the candidate needs a fresh process."""
        entries = (self.recording.tests[self.recording.index[test]] for test in tests if test in self.recording.index)
        end["files"] = sorted({entry["file"] for entry in entries})
        identifier = request["id"]
        if outcome["cut"] is not None or outcome["event"] == "done":
            for result in results:
                self.writer.send(type="result", id=identifier, **result)
        if outcome["cut"] is not None:
            position = outcome["cut"]
            if 0 <= position:
                self.writer.send(
                    type="result",
                    id=identifier,
                    test=self.recording.ids[position],
                    status="failed",
                    kind="timeout",
                    message="It used more time than its limit.",
                )
            end.update(stopped="hang")
        elif outcome["event"] == "done":
            end.update(ran=outcome["ran"], stopped=outcome["stopped"])
            end["testsCpuMs"] = round(outcome["inside"] * 1000, 3)
            for test in outcome.get("missing") or ():
                errors = {error["file"] for error in outcome.get("errors") or ()}
                kind = "collection" if test.partition("::")[0] in errors else "missing"
                self.writer.send(type="result", id=identifier, test=test, status="failed", kind=kind)
            if outcome.get("errors"):
                end.update(errors=outcome["errors"])
        elif outcome["event"] == "no-session" and conftest_fails(outcome["errors"]):
            # No test runs, whichever files were asked for.
            for test in self.recording.ids:
                self.writer.send(type="result", id=identifier, test=test, status="failed", kind="missing")
            files = sorted({test["file"] for test in self.recording.tests})
            end.update(errors=outcome["errors"], files=files, chosen=None)
        elif outcome["event"] == "no-session":
            end.update(path="fresh", why="the suite could not be collected", errors=outcome["errors"])
        else:
            why = outcome.get("reason") or "the child ended early (%s)" % (outcome["exit"],)
            end.update(path="fresh", why=str(why))

    def hub_limit(self, request):
        share = (request.get("limits") or {}).get("hubShare", self.limits["hubShare"])
        if share is None:
            return None
        return max(self.limits["hubFloor"], int(share * len(self.recording.tests)))

    def test_limits(self):
        cpu, wall = self.per_test_limits
        return Limits(cpu, wall, self.import_timeout)

    def set_test_limits(self):
        factor, limits, tests = self.limits["factor"], self.limits, self.recording.tests
        cpu = [max(limits["cpuFloorMs"], factor * test["cpuMs"]) / 1000 for test in tests]
        wall = [max(limits["wallFloorMs"], factor * test["wallMs"]) / 1000 for test in tests]
        self.per_test_limits = cpu, wall
        if self.collected is not None:
            longest = max(limits["importFloorMs"], limits["importFactor"] * self.collected.ready["cpuMs"])
            self.import_timeout = min(self.collect_timeout, longest / 1000)

    # ---- parents --------------------------------------------------------------------------------

    def parent(self, start, *more):
        def run(links):
            start(self.host, self.arguments, self.root, self.folder, links, *more)

        return ParentHandle(run, self.base)

    def recorder(self):
        return self.parent(recording_parent)

    def generous(self, longest=0.0):
        """
        Limits while little is known: only what keeps a broken suite from running forever. `longest`: CPU seconds
        of the longest test; traced it may take many times that.
        """
        step = max(self.collect_timeout, TRACED * longest)
        return Limits([], [], step, total=step * 10)

    def close(self):
        for parent in (self.collected, self.zygote):
            if parent is not None:
                parent.close()
        shutil.rmtree(self.base, ignore_errors=True)


def main():
    requests, answers = Reader(keep_away(0)), Writer(keep_away(1))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    server = Server(answers)
    handlers = {"hello": server.hello, "record": server.record, "candidate": server.candidate}
    try:
        while True:
            server.began_cpu = server.cpu()
            request = requests.next()
            if request is None or request["type"] == "quit":
                return
            if request["type"] == "ping":
                answers.send(type="pong")
                continue
            try:
                handlers[request["type"]](request)
            except Exception:
                answers.send(
                    type="error", id=request.get("id"), message=traceback.format_exc()[-4000:]
                )
    finally:
        server.close()
