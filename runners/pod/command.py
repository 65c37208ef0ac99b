"""One command from start to end: its streams, its limits, and how it ended."""
import fcntl
import json
import os
import signal
import tempfile
import time

import launch
import usage
import view

PART = 1 << 17
# Output and status that are still in the pipes when the keeper is gone are there at once.
PATIENCE = 2.0


class Command:
    """Feeds, reads and bounds a command. `send(header, payload)` speaks to the driver."""

    def __init__(self, request, loop, send, isolated, owner, kills):
        self.kills = kills
        self.id = request["id"]
        self.plan = request
        self.limits = request["limits"]
        self.loop, self.send = loop, send
        self.isolated, self.owner = isolated, owner
        self.window = request["window"]
        self.waiting = bytearray()
        self.input_ends = False
        self.spool = tempfile.TemporaryFile(dir=view.STAGE) if request["stdin"] == "data" else None
        self.input = None
        self.outputs = {}
        self.taken = {1: 0, 2: 0}
        self.truncated = False
        self.stopped = None
        self.pid = None
        self.inner = None
        self.report = b""
        self.reaped = None
        self.seen_cpu = 0.0
        self.kill_again = None
        if self.spool is None:
            self.begin()

    def begin(self):
        self.started = time.monotonic()
        streams = [self.open_input(), None, None]
        for number in (1, 2):
            reader, writer = os.pipe()
            os.fchown(writer, *self.owner)
            os.set_blocking(reader, False)
            widen(reader)
            self.outputs[number] = reader
            streams[number] = writer
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        self.status = reader
        plan = dict(self.plan, **self.limits)
        self.kills_before = self.kills.count()
        self.pid = launch.start(plan, streams, writer, self.isolated, self.owner)
        launch.close_all([*streams, writer])
        for number, each in self.outputs.items():
            self.loop.watch(each, lambda number=number: self.read(number))
        self.loop.watch(self.status, self.read_status)

    def open_input(self):
        if self.spool is not None:
            # A file, not a pipe: it can be opened again by its name in /dev after its writer is gone.
            self.spool.flush()
            reader = os.open("/proc/self/fd/%d" % self.spool.fileno(), os.O_RDONLY)
            os.fchown(reader, *self.owner)
            self.spool.close()
            return reader
        if self.plan["stdin"] == "none":
            return os.open("/dev/null", os.O_RDONLY)
        reader, writer = os.pipe()
        os.fchown(reader, *self.owner)
        os.set_blocking(writer, False)
        widen(writer)
        self.input = writer
        return reader

    def feed(self, data):
        if self.spool is not None:
            self.spool.write(data)
            self.send({"op": "taken", "id": self.id, "bytes": len(data)})
        elif self.input is None:
            self.send({"op": "taken", "id": self.id, "bytes": len(data)})
        else:
            self.waiting += data
            self.push()

    def end_input(self):
        if self.spool is not None:
            self.begin()
        else:
            self.input_ends = True
            self.push()

    def push(self):
        """Writes as much input as the pipe takes."""
        if self.input is None:
            return
        taken = 0
        try:
            while self.waiting:
                count = os.write(self.input, self.waiting[:PART])
                del self.waiting[:count]
                taken += count
        except BlockingIOError:
            self.loop.watch_writing(self.input, self.push)
        except OSError:
            # A program need not read what it is sent.
            taken += len(self.waiting)
            self.waiting.clear()
            self.input_ends = True
        if taken:
            self.send({"op": "taken", "id": self.id, "bytes": taken})
        if not self.waiting:
            self.loop.forget_writing(self.input)
            if self.input_ends:
                os.close(self.input)
                self.input = None

    def read(self, number):
        """Reads one stream once; None is its end."""
        descriptor = self.outputs.get(number)
        if descriptor is None:
            return
        room = PART if self.window is None else min(PART, self.window)
        if room <= 0:
            self.loop.pause(descriptor)
            return
        try:
            data = os.read(descriptor, room)
        except BlockingIOError:
            return
        if not data:
            self.close_output(number)
            return
        if self.window is not None:
            self.window -= len(data)
        self.pass_on(number, data)

    def pass_on(self, number, data):
        limit = self.limits["outputBytes"]
        bounded = limit is not None and not (number == 1 and self.plan["unbounded"])
        if bounded and self.taken[number] + len(data) > limit:
            data = data[: max(0, limit - self.taken[number])]
            self.truncated = True
            self.stop("output-limit")
        self.taken[number] += len(data)
        if data:
            self.send({"op": "output", "id": self.id, "stream": number}, data)

    def credit(self, count):
        if self.window is not None:
            self.window += count
            for descriptor in self.outputs.values():
                self.loop.resume(descriptor)

    def close_output(self, number):
        descriptor = self.outputs.pop(number)
        self.loop.forget(descriptor)
        os.close(descriptor)

    def read_status(self):
        while True:
            try:
                data = os.read(self.status, PART)
            except BlockingIOError:
                return
            if not data:
                self.loop.forget(self.status)
                return
            self.report += data
            head, newline, _ = self.report.partition(b"\n")
            if newline and self.inner is None and head.isdigit():
                self.inner = int(head)
                if self.stopped is not None:
                    self.kill()

    def stop(self, outcome):
        if self.stopped is not None or self.reaped is not None:
            return
        self.stopped = outcome
        if self.pid is None:
            self.reaped = (0, None)
            self.started = time.monotonic()
        else:
            self.kill()

    def kill(self):
        self.kill_again = time.monotonic() + 0.5
        if self.inner is None and self.isolated:
            return  # It says who process 1 is before anything else can happen.
        targets = usage.below(self.pid) if not self.isolated else [self.inner]
        for each in targets:
            signal_quietly(each, signal.SIGKILL)
        if not self.isolated:
            signal_quietly(self.pid, signal.SIGCONT)

    def look(self, now):
        """Bounds what the kernel does not; called several times a second."""
        if self.pid is None or self.reaped is not None:
            return
        timeout = self.limits["timeoutMs"]
        if timeout is not None and (now - self.started) * 1000 >= timeout:
            self.stop("timed-out")
        if self.kill_again is not None and now >= self.kill_again:
            self.kill()
        if self.stopped is not None:
            return
        memory, cpu = usage.used(usage.below(self.pid))
        self.seen_cpu = max(self.seen_cpu, cpu)
        if self.limits["memoryBytes"] is not None and memory > self.limits["memoryBytes"]:
            self.stop("out-of-memory")
        elif self.limits["cpuMs"] is not None and self.seen_cpu > self.limits["cpuMs"]:
            self.stop("timed-out")

    def finished(self, now):
        """True once everything is gone and read."""
        if self.reaped is None:
            return False
        if self.pid is None:
            return True
        self.read_status()
        if not self.outputs:
            return True
        if self.window is not None and self.window <= 0 and self.stopped is None:
            return False
        if now - self.ended < PATIENCE and not self.drained():
            return False
        for number in list(self.outputs):
            self.close_output(number)
        return True

    def drained(self):
        for number in list(self.outputs):
            while number in self.outputs and (self.window is None or self.window > 0):
                before = self.taken[number]
                self.read(number)
                if self.taken[number] == before or self.stopped == "output-limit":
                    break
        return not self.outputs

    def end(self, status, used):
        self.reaped = (status, used)
        self.ended = time.monotonic()

    def close(self):
        if self.input is not None:
            self.loop.forget_writing(self.input)
            os.close(self.input)
            self.input = None
        if self.pid is not None:
            self.loop.forget(self.status)
            os.close(self.status)

    def result(self):
        starved = self.pid is not None and self.kills.count() > self.kills_before
        status, used = self.reaped
        wall = (time.monotonic() - self.started) * 1000
        cpu = None if used is None else (used.ru_utime + used.ru_stime) * 1000
        answer = {"wallMs": wall, "cpuMs": cpu, "truncated": self.truncated}
        if self.stopped is not None:
            return dict(answer, outcome=self.stopped)
        text = self.report.partition(b"\n")[2] if b"\n" in self.report else self.report
        # A command may have killed its own keeper: then that is how it ended.
        ending = json.loads(text.decode()) if text else {"signal": int(signal.SIGKILL)}
        if starved and ending.get("code") != 0:
            return dict(answer, outcome="out-of-memory")
        return dict(answer, **ending)


def widen(pipe):
    """Room for more than one look's worth; the kernel may refuse it to users with many pipes."""
    try:
        fcntl.fcntl(pipe, 1031, 1 << 20)
    except OSError:
        pass


def signal_quietly(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass  # Gone already.
