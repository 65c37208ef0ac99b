"""One byte stream in each direction that outlives the connection it travels on, and frames on it.

A connection starts with one line of JSON each way: how many bytes that side has received so far. What the other
side lacks is sent again. Then follow chunks: kind (0 data, 1 acknowledgement), length, payload.
"""
import collections
import json
import struct

CHUNK = 1 << 16
ACKNOWLEDGE_EVERY = 1 << 18
CHUNK_HEAD = struct.Struct(">BI")
FRAME_HEAD = struct.Struct(">II")
COUNT = struct.Struct(">Q")


class Stream:
    """Counts what went out and came in; keeps what the other side has not acknowledged."""

    def __init__(self):
        self.received = 0
        self.told = 0
        self.start = 0
        self.unacknowledged = collections.deque()
        self.kept = 0
        self.outgoing = collections.deque()
        self.incoming = bytearray()

    def connect(self, theirs):
        """Starts over on a new connection whose other side has received `theirs` bytes."""
        self.acknowledge(theirs)
        self.incoming.clear()
        self.outgoing.clear()
        self.outgoing.append(json.dumps({"received": self.received}).encode() + b"\n")
        self.told = self.received
        for chunk in self.unacknowledged:
            self.outgoing.append(CHUNK_HEAD.pack(0, len(chunk)) + chunk)

    def acknowledge(self, count):
        if not self.start <= count <= self.start + self.kept:
            raise ValueError("the other side has received what was never sent")
        while self.unacknowledged and self.start < count:
            chunk = self.unacknowledged.popleft()
            done = count - self.start
            if len(chunk) > done:
                self.unacknowledged.appendleft(chunk[done:])
                chunk = chunk[:done]
            self.start += len(chunk)
            self.kept -= len(chunk)

    def send(self, data):
        for offset in range(0, len(data), CHUNK):
            chunk = bytes(data[offset : offset + CHUNK])
            self.unacknowledged.append(chunk)
            self.kept += len(chunk)
            self.outgoing.append(CHUNK_HEAD.pack(0, len(chunk)) + chunk)

    def tell(self):
        """Says how much has arrived; also the sign of life."""
        self.told = self.received
        self.outgoing.append(CHUNK_HEAD.pack(1, COUNT.size) + COUNT.pack(self.received))

    def take(self, data):
        """Bytes from the connection; returns those of the stream."""
        self.incoming += data
        stream = bytearray()
        while len(self.incoming) >= CHUNK_HEAD.size:
            kind, length = CHUNK_HEAD.unpack_from(self.incoming)
            end = CHUNK_HEAD.size + length
            if len(self.incoming) < end:
                break
            payload = self.incoming[CHUNK_HEAD.size : end]
            del self.incoming[:end]
            if kind == 1:
                self.acknowledge(COUNT.unpack(payload)[0])
            else:
                stream += payload
        self.received += len(stream)
        if self.received - self.told >= ACKNOWLEDGE_EVERY:
            self.tell()
        return stream


class Frames:
    """Cuts a byte stream into (header, payload)."""

    def __init__(self):
        self.buffer = bytearray()

    def take(self, data):
        self.buffer += data
        while len(self.buffer) >= FRAME_HEAD.size:
            header_length, payload_length = FRAME_HEAD.unpack_from(self.buffer)
            middle = FRAME_HEAD.size + header_length
            end = middle + payload_length
            if len(self.buffer) < end:
                return
            header = json.loads(bytes(self.buffer[FRAME_HEAD.size : middle]).decode())
            payload = bytes(self.buffer[middle:end])
            del self.buffer[:end]
            yield header, payload


def render_frame(header, payload=b""):
    text = json.dumps(header).encode()
    return FRAME_HEAD.pack(len(text), len(payload)) + text + payload
