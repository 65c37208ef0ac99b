# Runs in a traced parent: gives each test's coverage, side effects and import graph to the server.
import os

from . import clock, live
from .imports import ImportGraph, foreign_modules, module_files
from .parent import serve, settle
from .processes import ProcessFollower
from .probe import StateProbe
from .reports import ParentReport
from .reuse import Freshness
from .shared import SharedState
from .tracer import make_tracer
from .watch import Watch


class Observer:
    """Between two tests: what ran, what was touched."""

    def __init__(self, tracer, watch, follower, whole):
        self.tracer, self.watch, self.follower = tracer, watch, follower
        # With `whole` the end of the run tells everything, fixtures torn down late included.
        self.whole = whole

    def before(self, test_id):
        self.tracer.resume()

    def after(self, test_id):
        if self.whole:
            return {}
        return self.take()

    def take(self):
        intact, seen, lines = self.tracer.intact, self.watch.take(), self.tracer.take()
        programs, forks, elsewhere, reads = self.follower.take()
        join_lines(lines, elsewhere)
        followed = not seen["unfollowed"] and programs >= seen["pythons"] and forks >= seen["forks"]
        return {
            "lines": lines,
            "intact": intact and followed,
            "reads": sorted(reads.union(seen["reads"])),
            "writes": seen["writes"],
            "processes": programs + forks + seen["pythons"],
        }


def join_lines(lines, more):
    """Adds {path: {place: [lines]}} to another one."""
    for path, places in more.items():
        for place, numbers in places.items():
            known = lines.setdefault(path, {}).setdefault(place, [])
            known.extend(sorted(set(numbers) - set(known)))


def recording_parent(host, arguments, root, working_folder, links):
    """As the collected parent, but with everything noted from the first import on."""
    settle(links, working_folder)
    report = ParentReport(links.shared)
    tracer = make_tracer(root)
    watch = Watch(root, tracer.resolve)
    graph = ImportGraph(tracer.resolve)
    follower = ProcessFollower(root, os.path.join(links.temporary, "cover"), tracer)
    follower.announce()
    watch.open()

    def on_collected(suite):
        tracer.skipped.update(suite.test_modules)
        at_import = tracer.take()
        tracer.prime()
        tracer.take()
        _, _, elsewhere, read_by_programs = follower.take()
        join_lines(at_import, elsewhere)
        follower.forget()
        index = live.FunctionIndex(root)
        probe = StateProbe(tracer.resolve, suite.state_roots())
        freshness = Freshness(probe.modules)

        def prepare(child, order):
            child.suite = suite
            child.functions = index
            child.probe = probe if order.get("isolated") else None
            if not order.get("isolated"):
                child.shared = SharedState(suite.shared_by, probe.modules)
            child.freshness = freshness
            child.may_stay = bool(order.get("stay"))
            watch.reset()
            tracer.take()
            follower.forget()
            follower.open()
            child.observer = Observer(tracer, watch, follower, order.get("isolated", False))

        serve(
            links,
            prepare,
            {
                "tests": suite.ids,
                "files": suite.files,
                "testModules": sorted(suite.test_modules),
                "version": suite.version,
                "errors": report.errors,
                "threads": clock.thread_count(),
                "imports": at_import,
                "readsAtImport": sorted(read_by_programs.union(watch.take()["reads"])),
                "graph": graph.edges(),
                "modules": sorted(set(module_files(tracer.resolve).values())),
                "foreign": foreign_modules(tracer.resolve),
            },
        )

    tracer.start()
    graph.open()
    host.cheapen_failures()
    code = host.run_session(arguments, root, report, None, on_collected)
    links.events.send(event="failed", process=0, code=code, errors=report.errors)
