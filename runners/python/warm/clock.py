# CPU time of this process, of its children, and of somebody else's process group.
import os
import sys
import threading
import time

from swemint_report import bind_clock  # noqa: F401

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def group_cpu(group):
    """Seconds of CPU of all living processes of a group and the children they waited for."""
    total = 0.0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name, "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += sum(int(field) for field in fields[11:15]) / _TICKS
    return total


def children_of(parent):
    """Process ids of living children, also those adopted from dead descendants."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name, "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != b"Z":
            found.append(int(name))
    return found


def would_not_end(patience=1.0, now=time.monotonic, sleep=time.sleep):
    """
    Whether threads would keep an ordinary process from ending: it waits for those that are no daemons. `patience`:
    seconds that they are given. Workers of executors end when asked.
    """
    executors = sys.modules.get("concurrent.futures.thread")
    workers = getattr(executors, "_threads_queues", ())
    until = now() + patience
    while any(
        thread.is_alive() and not thread.daemon and thread is not threading.main_thread() and thread not in workers
        for thread in threading.enumerate()
    ):
        if now() > until:
            return True
        sleep(0.01)
    return False


def thread_count():
    """Threads of this process that the system knows, started by Python or by C code."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()
