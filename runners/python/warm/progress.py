# A few numbers in memory that child and server share, so that watching a test's limits costs the child nothing.
import mmap
import struct

_LAYOUT = struct.Struct("qqdd")
NOT_RUNNING, COLLECTING, UNKNOWN = -1, -2, -3


class Progress:
    """Which test runs, since when, and the child's CPU time at that moment."""

    def __init__(self):
        self._memory = mmap.mmap(-1, _LAYOUT.size)
        self.clear()

    def clear(self):
        self.note(0, NOT_RUNNING, 0.0, 0.0)

    def note(self, process, position, wall, cpu):
        _LAYOUT.pack_into(self._memory, 0, process, position, wall, cpu)

    def read(self):
        """(process id, position, wall time, CPU time), the last two at the test's start."""
        return _LAYOUT.unpack_from(self._memory, 0)
