# An emptier parent: framework and third-party packages are imported, nothing of the repository is.
import importlib
import os
import sys
import traceback

from . import clock
from .imports import module_files
from .parent import serve, settle
from .reports import ChildReport
from .tracer import resolver


class SessionChild:
    """Stands in for the live functions and the suite, which do not exist before the session starts."""

    observer = None


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


def zygote_parent(host, arguments, root, working_folder, links, names):
    settle(links, working_folder)
    host.preload()
    culprit = preload(names, root)
    if culprit is not None:
        links.events.send(event="failed", process=os.getpid(), code=None, errors=[], culprit=culprit)
        return
    expected = {}

    def run(order, links):
        run_session_child(host, arguments, root, links, order, expected)

    serve(
        links,
        None,
        {"threads": clock.thread_count(), "tests": [], "files": []},
        lambda order: expected.update(order["expected"]),
        run,
    )


def run_session_child(host, arguments, root, links, order, expected):
    """Collects the wanted files and runs their tests, in one forked process."""
    finish = os._exit
    os.setpgrp()
    report = ChildReport(
        links.events, links.shared, None if order.get("all") else expected, order.get("hub")
    )
    links.events.send(event="begin", process=report.owner)
    keep = None if order["files"] is None else frozenset(order["files"])
    wanted = None if order["tests"] is None else frozenset(order["tests"])

    def on_collected(suite):
        report.flush()
        indexes = [i for i, test in enumerate(suite.ids) if wanted is None or test in wanted]
        suite.prepare(report)
        suite.run(indexes, report.should_stop)
        if os.getpid() != report.owner:
            finish(0)
        report.flush()
        links.events.send(
            event="done",
            process=report.owner,
            ran=report.ran,
            stopped=report.stopped,
            newFailures=report.new_failures,
            collected=suite.ids if order.get("all") else None,
            missing=missing_tests(suite.ids, expected, keep, wanted, order),
            errors=report.errors,
        )
        finish(0)

    try:
        code = host.run_session(
            arguments, root, report, None if keep is None else keep.__contains__, on_collected
        )
        links.events.send(event="no-session", process=report.owner, code=code, errors=report.errors)
        finish(0)
    except BaseException:
        if os.getpid() == report.owner:
            report.flush()
            links.events.send(
                event="broken", process=report.owner, reason=traceback.format_exc()[-1500:]
            )
    finally:
        finish(1)


def missing_tests(found, expected, keep, wanted, order):
    """Known tests of the kept files that this session did not find."""
    if not expected:
        return []
    here = set(found)
    return [
        test
        for test in expected
        if test not in here
        and (keep is None or test.partition("::")[0] in keep)
        and (wanted is None or test in wanted)
    ]
