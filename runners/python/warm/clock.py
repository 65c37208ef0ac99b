# CPU time of this process, of its children, and of somebody else's process group.
import os
import resource
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


def thread_count():
    """Threads of this process that the system knows, started by Python or by C code."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading

        return threading.active_count()
