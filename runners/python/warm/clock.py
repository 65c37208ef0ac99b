# CPU time of this process, of its children, and of somebody else's process group.
import os
import resource
import sys
import threading
import time

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def bind_clock():
    """Seconds of CPU used by this process and the children it waited for; safe from patched `time`."""
    process_time, getrusage, children = time.process_time, resource.getrusage, resource.RUSAGE_CHILDREN

    def cpu():
        waited = getrusage(children)
        return process_time() + waited.ru_utime + waited.ru_stime

    return cpu


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
