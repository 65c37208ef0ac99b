"""What a process tree uses, and who is in it, as /proc tells."""
import os

PAGE = os.sysconf("SC_PAGE_SIZE")
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""  # Gone meanwhile.


def fields(pid):
    """The fields of `stat` after the name, which may hold anything; state first."""
    stat = read("/proc/%d/stat" % pid)
    return stat[stat.rfind(b")") + 2 :].split()


def parents():
    """Every process that is visible and not dead, with its parent."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            words = fields(int(name))
            if len(words) > 1 and words[0] != b"Z":
                found[int(name)] = int(words[1])
    return found


def children(pid):
    return [int(word) for word in read("/proc/%d/task/%d/children" % (pid, pid)).split()]


def below(pid):
    """Everything that descends from `pid`; complete, since orphans stay below an adopting process."""
    found, pending = [], [pid]
    while pending:
        for child in children(pending.pop()):
            found.append(child)
            pending.append(child)
    return found


def used(pids):
    """Resident bytes, and CPU milliseconds including children that were waited for."""
    memory = 0
    cpu = 0.0
    for pid in pids:
        words = fields(pid)
        if len(words) > 21:
            memory += int(words[21]) * PAGE
            cpu += sum(int(word) for word in words[11:15]) * TICK_MS
    return memory, cpu


class MemoryKills:
    """How often the kernel has ended a process of this container for want of memory; 0 where no file tells."""

    def __init__(self):
        self.file = None
        for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
            if self.file is None and os.path.exists(path):
                # Held open: the folder is covered later.
                self.file = open(path, "rb", buffering=0)

    def count(self):
        if self.file is None:
            return 0
        self.file.seek(0)
        for line in self.file.read(4096).splitlines():
            words = line.split()
            if len(words) == 2 and words[0] == b"oom_kill":
                return int(words[1])
        return 0
