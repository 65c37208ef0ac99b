# JSON lines over descriptors that the tests never see: to the driver, and from parents and children to the server.
import json
import marshal
import os
import select
import struct
import time

# Far above what select() loops or close_fds sweeps of small programs use.
FIRST_PRIVATE_DESCRIPTOR = 200


def keep_away(descriptor):
    """Moves a descriptor to a high number that programs started by tests do not inherit."""
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, FIRST_PRIVATE_DESCRIPTOR)


def private_pipe():
    reading, writing = os.pipe()
    pair = keep_away(reading), keep_away(writing)
    os.close(reading)
    os.close(writing)
    return pair


class Writer:
    """Writes one JSON object per line; functions of `os` are bound now because tests replace them."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self._write = os.write

    def send(self, **message):
        self.send_text(json.dumps(message, separators=(",", ":")) + "\n")

    def send_text(self, text):
        data = memoryview(text.encode("ascii"))
        while data:
            data = data[self._write(self.descriptor, data) :]


class Reader:
    """Reads JSON lines; a line that a killed writer left unfinished is skipped."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self._parts = []
        self._ready = []
        self.closed = False

    def next(self, timeout=None):
        """The next message, or None when the time is over or the other side is gone."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            while self._ready:
                line = self._ready.pop()
                try:
                    return json.loads(line)
                except ValueError:
                    continue
            if self.closed:
                return None
            if deadline is not None:
                left = deadline - time.monotonic()
                if not select.select([self.descriptor], [], [], max(0.0, left))[0]:
                    return None
            chunk = os.read(self.descriptor, 1 << 16)
            if not chunk:
                self.closed = True
                return None
            if b"\n" not in chunk:
                self._parts.append(chunk)
                continue
            lines = (b"".join(self._parts) + chunk).split(b"\n")
            self._parts = [lines.pop()]
            self._ready = [line for line in reversed(lines) if line.strip()]


_LENGTH = struct.Struct("<Q")


def send_order(descriptor, order):
    data = marshal.dumps(order)
    data = memoryview(_LENGTH.pack(len(data)) + data)
    while data:
        data = data[os.write(descriptor, data) :]


def receive_order(descriptor):
    """The next order, or None when the server is gone."""
    head = read_exactly(descriptor, _LENGTH.size)
    if head is None:
        return None
    body = read_exactly(descriptor, _LENGTH.unpack(head)[0])
    return None if body is None else marshal.loads(body)


def read_exactly(descriptor, count):
    parts = []
    while count:
        part = os.read(descriptor, count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
