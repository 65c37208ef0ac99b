# A child: one candidate's tests in a fork of a parent, ended by `os._exit` whatever happens.
import gc
import os
import sys
import traceback

from . import clock
from .garbage import collect_quietly
from .imports import loaded_modules
from .reports import ChildReport
from .wire import receive_order


STILL_RUNNING = "a thread would keep an ordinary process from ending"


class Child:
    """What the parent lends to its forks."""

    suite = None
    functions = None
    expected = None
    observer = None
    probe = None
    shared = None
    freshness = None
    # Whether this child may go on to another candidate when it is as new.
    may_stay = False


def run_child(links, order, prepare):
    """Carries out orders and ends the process. The last event is its mark that all went well."""
    finish = os._exit
    owner = os.getpid()
    child = Child()
    try:
        while True:
            prepare(child, order)
            if child.may_stay and not child.freshness.begun:
                child.freshness.begin(links.temporary)
            stays = run_order(links, order, child)
            if os.getpid() != owner or not stays:
                finish(0)
            order = receive_order(links.orders)
            if order is None or "expected" in order:
                finish(0)
    except BaseException:
        if os.getpid() == owner:
            links.events.send(event="broken", process=owner, reason=traceback.format_exc()[-1500:])
        finish(1)
    finally:
        finish(1)


def run_order(links, order, child):
    """Runs one candidate's tests; whether this child can take another one."""
    observers = [observer for observer in (child.observer, child.shared) if observer is not None]
    report = ChildReport(links.events, links.shared, child.expected, order.get("hub"), observers)
    links.events.send(event="begin", process=report.owner)
    problem = child.functions.swap(order.get("swaps") or ())
    if problem is not None:
        links.events.send(event="unable", process=report.owner, reason=problem)
        return False
    loaded = set(sys.modules) if order.get("late") else None
    child.suite.prepare(report)
    if child.shared is not None:
        child.suite.watch_shared(child.shared)
    try:
        child.suite.run(order["tests"], report.should_stop)
    except BaseException:
        if os.getpid() == report.owner:
            report.flush()
        raise
    if os.getpid() != report.owner:
        os._exit(0)
    report.flush()
    if clock.would_not_end():
        links.events.send(event="broken", process=report.owner, reason=STILL_RUNNING)
        return False
    last = {} if child.observer is None else child.observer.take()
    if child.shared is not None:
        last["shared"] = sorted(child.shared.changed)
        if child.observer is not None:
            last["users"] = child.shared.users(child.suite.shared_keys())
    if loaded is not None:
        last["late"] = late_modules(loaded)
    child.functions.restore()
    is_reset = child.may_stay and child.suite.reset()
    if child.probe is not None:
        # What garbage does at its end may leave something.
        collect_quietly()
        last["residue"] = child.probe.residue()
    difference = why_renewed(order, child, last, is_reset)
    stays = difference is None
    if stays:
        # What is alive now stays so: the next candidate's garbage is found without it.
        gc.freeze()
    links.events.send(
        event="done",
        process=report.owner,
        ran=report.ran,
        stopped=report.stopped,
        newFailures=report.new_failures,
        inside=report.inside,
        stays=stays,
        renewed=difference,
        cpuMs=round(report.cpu_since_start() * 1000, 3),
        **last,
    )
    return stays


def is_shared(file, library, installed_too):
    if "site-packages" in file or "dist-packages" in file:
        return installed_too
    return file.startswith(library)


def late_modules(loaded):
    """Standard and installed modules that tests loaded: a parent that has them spares every child the loading."""
    library = os.path.dirname(os.__file__) + os.sep
    # What starts threads is not for a process that forks.
    quiet = clock.thread_count() == 1
    names = []
    for name, module in loaded_modules():
        file = getattr(module, "__file__", None)
        if name not in loaded and name in sys.builtin_module_names:
            names.append(name)
        elif name not in loaded and file and is_shared(file, library, quiet):
            names.append(name)
    return names


def why_renewed(order, child, last, is_reset):
    """Why this child cannot serve another candidate, or None."""
    if not child.may_stay:
        return "not wanted"
    residue, usual = set(last.get("residue") or ()), order.get("usual")
    # While recording, nobody knows yet what is usual.
    if usual is not None and not residue <= set(usual):
        return "state was left"
    if not is_reset:
        return "the session has state"
    if last.get("shared") and not all(map(child.probe.knows, child.shared.changed_values())):
        return "shared state was changed"
    if residue and not child.probe.put_back():
        return "state cannot be put back"
    return child.freshness.difference()
