# A parent process: gets the framework ready once, then forks a child for each order from the server.
import errno
import gc
import importlib
import os
import signal
import sys
import tempfile
import time

from . import clock
from .child import run_child
from .reports import ParentReport
from .wire import receive_order

# Modules that Python loads to describe errors: tests that pass never need them.
WHEN_FAILING = ("_suggestions", "hypothesis.extra")


class Links:
    """What a parent inherits from the server: descriptors, shared memory, its folder for temporary files."""

    def __init__(self, orders, events, shared, temporary):
        self.orders, self.events, self.shared, self.temporary = orders, events, shared, temporary


def quiet_streams():
    """Standard input is empty, output is dropped; neither can reach the driver."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


def settle(links, working_folder):
    """The first steps of every parent process."""
    os.setpgrp()
    os.chdir(working_folder)
    os.environ["TMPDIR"] = links.temporary
    tempfile.tempdir = None


def serve(links, prepare_child, describe, note=None):
    """Announces this parent and runs each order in a fork until the server hangs up. Never returns."""
    order = fork_for_orders(links, describe, note)
    run_child(links, order, prepare_child)
    os._exit(70)


def fork_for_orders(links, describe, note=None):
    """Announces this parent, then forks per order until the server hangs up. Returns in the forks only: their order."""
    gc.collect()
    gc.freeze()
    cpu = clock.bind_clock()
    spent = cpu()
    links.events.send(event="ready", process=os.getpid(), cpuMs=spent * 1000, **describe)
    while True:
        order = receive_order(links.orders)
        if order is None:
            os._exit(0)
        if "expected" in order:
            note(order)
            continue
        process = os.fork()
        if process == 0:
            os.setpgrp()
            return order
        status = wait_for(process)
        strays = end_strays(process)
        links.shared.clear()
        now = cpu()
        # The line break ends what a killed child may have left unfinished.
        links.events.send_text("\n")
        links.events.send(
            event="exit",
            process=process,
            code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            strays=strays,
            cpuMs=round((now - spent) * 1000, 3),
        )
        spent = now


def wait_for(process):
    while True:
        try:
            return os.waitpid(process, 0)[1]
        except InterruptedError:
            continue


def end_strays(group):
    """Kills what a child left behind; returns how many processes that were."""
    try:
        os.killpg(group, signal.SIGKILL)
    except OSError as error:
        if error.errno not in (errno.ESRCH, errno.EPERM):
            raise
    count = 0
    while True:
        try:
            process, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return count
        if process:
            count += 1
            continue
        for stray in clock.children_of(os.getpid()):
            try:
                os.kill(stray, signal.SIGKILL)
            except OSError:
                continue
        time.sleep(0.001)


class KeptCompilations:
    """
    While this lasts, compiled modules and rewritten test files are kept in the tree for later processes.
    Python checks time and size of their sources, and a candidate's file never has a time used before.
    """

    def __init__(self):
        self._before = sys.dont_write_bytecode
        sys.dont_write_bytecode = False

    def end(self):
        sys.dont_write_bytecode = self._before


def collected_parent(host, arguments, root, working_folder, links):
    """A parent that has imported and collected everything; its children swap code and run tests."""
    from . import live
    from .probe import StateProbe
    from .reuse import Freshness
    from .shared import SharedState
    from .tracer import resolver

    settle(links, working_folder)
    report = ParentReport(links.shared)
    keep_compilations = KeptCompilations()

    def on_collected(suite):
        keep_compilations.end()
        index = live.FunctionIndex(root)
        expected = {}
        resolve = resolver(root)
        probe = freshness = None

        def prepare(child, order):
            child.suite = suite
            child.functions = index
            child.expected = expected if expected else None
            child.probe, child.freshness = probe, freshness
            child.may_stay = bool(order.get("stay"))
            child.shared = SharedState(suite.shared_by, probe.modules) if order.get("shares") else None

        def note(order):
            nonlocal probe, freshness
            expected.update(order["expected"])
            for name in (*order["late"], *WHEN_FAILING):
                package = name.rpartition(".")[0]
                if package and package not in sys.modules:
                    continue
                try:
                    importlib.import_module(name)
                except Exception:
                    # It may need what the test does first, or be of another version of Python.
                    continue
            # It loads modules of its own; children ask it for nothing then.
            importlib.invalidate_caches()
            probe = StateProbe(resolve, suite.state_roots())
            freshness = Freshness(probe.modules)
            gc.freeze()

        serve(
            links,
            prepare,
            {
                "tests": suite.ids,
                "files": suite.files,
                "version": suite.version,
                "errors": report.errors,
                "threads": clock.thread_count(),
            },
            note,
        )

    host.cheapen_failures()
    code = host.run_session(arguments, root, report, None, on_collected)
    links.events.send(event="failed", process=os.getpid(), code=code, errors=report.errors)
