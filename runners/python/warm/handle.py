# The server's side of a parent process: starting it, giving orders, and ending children that exceed their limits.
import os
import shutil
import signal
import tempfile
import time

from . import clock, progress
from .parent import Links, quiet_streams
from .wire import Reader, Writer, private_pipe, send_order


# Seconds between looks while no test runs: below the smallest limit of a test.
BETWEEN_TESTS = 0.4
# Seconds that importing may take on the clock, whatever CPU time it may use.
LEAST_WAIT = 20.0
# Seconds without a sign of a child after which the parent is taken for dead.
NO_CHILD = 30.0


class ParentGone(Exception):
    """The parent process died; the candidate it worked on says nothing."""


class ParentHandle:
    """One parent process. `start` runs in the new process with its `Links` and never returns."""

    def __init__(self, start, base):
        self._start, self._base = start, base
        self.process = None
        self.ready = None
        self.shared = progress.Progress()
        self.temporary = None
        # CPU milliseconds already told of a child that stays.
        self._reported = 0.0

    def open(self, timeout):
        """Starts the process and waits until it is ready; its announcement, or one with `event: failed`."""
        self.close()
        self._reported = 0.0
        self.temporary = tempfile.mkdtemp(prefix="t", dir=self._base)
        orders_in, self._orders = private_pipe()
        events_in, events_out = private_pipe()
        self._events = Reader(events_in)
        self.shared.clear()
        process = os.fork()
        if process == 0:
            try:
                os.close(self._orders)
                os.close(events_in)
                quiet_streams()
                links = Links(orders_in, Writer(events_out), self.shared, self.temporary)
                try:
                    self._start(links)
                except BaseException:
                    import traceback

                    links.events.send(
                        event="failed",
                        process=os.getpid(),
                        code=None,
                        errors=[{"file": "", "message": traceback.format_exc()[-2000:]}],
                    )
            finally:
                os._exit(1)
        self.process = process
        os.close(orders_in)
        os.close(events_out)
        self.ready = self._events.next(timeout)
        if self.ready is None:
            self.ready = {"event": "failed", "code": None, "errors": []}
        if self.ready["event"] != "ready":
            self.close()
        else:
            self._kept = set(os.listdir(self.temporary))
        return self.ready

    @property
    def alive(self):
        return self.process is not None

    def close(self):
        if self.process is not None:
            os.close(self._orders)
            for group in (os.killpg, os.kill):
                try:
                    group(self.process, signal.SIGKILL)
                except OSError:
                    pass
            os.waitpid(self.process, 0)
            os.close(self._events.descriptor)
            self.process = None
        if self.temporary is not None:
            shutil.rmtree(self.temporary, ignore_errors=True)
            self.temporary = None

    def order(self, order, limits, on_results=None):
        """
        Sends one order and follows its child to the end. Returns the child's last words with `exit` and,
        when it was cut, `cut` (the position of the test that exceeded its limit).
        """
        self.shared.clear()
        try:
            send_order(self._orders, order)
        except BrokenPipeError:
            self.close()
            raise ParentGone() from None
        outcome = {"event": None, "cut": None}
        child, waited = None, time.monotonic()
        while True:
            timeout = 1.0 if child is None else limits.next_look(self.shared.read())
            if child is None and time.monotonic() - waited > NO_CHILD:
                self.close()
                raise ParentGone()
            event = self._events.next(timeout)
            if event is None:
                if self._events.closed or not self._living():
                    self.close()
                    raise ParentGone()
                if child is not None and outcome["cut"] is None:
                    exceeded = limits.exceeded(self.shared.read(), child)
                    if exceeded is not None:
                        outcome["cut"] = exceeded
                        self._kill(child)
                continue
            kind = event["event"]
            if kind == "begin":
                child = event["process"]
                limits.begin()
            elif kind == "exit":
                reported, self._reported = self._reported, 0.0
                if event["process"] != child:
                    # One that had stayed for another candidate ended meanwhile; a new one follows.
                    continue
                outcome["exit"] = dict(event, cpuMs=event["cpuMs"] - reported)
                self._clean()
                return outcome
            elif event.get("process") != child:
                continue
            elif kind == "results":
                if on_results is not None:
                    on_results(event["results"])
            else:
                outcome.update(event)
                if event.get("stays"):
                    self._reported += event["cpuMs"]
                    outcome["exit"] = {"cpuMs": event["cpuMs"]}
                    return outcome

    def _living(self):
        try:
            process, _ = os.waitpid(self.process, os.WNOHANG)
        except ChildProcessError:
            return False
        if process:
            self.process_gone = True
        return not process

    def _kill(self, child):
        for group in (os.killpg, os.kill):
            try:
                group(child, signal.SIGKILL)
            except OSError:
                continue

    def _clean(self):
        """Removes what the child left in the folder for temporary files."""
        for name in os.listdir(self.temporary):
            if name in self._kept:
                continue
            path = os.path.join(self.temporary, name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                try:
                    os.unlink(path)
                except OSError:
                    continue


class Limits:
    """Limits of one order: per test (CPU and wall seconds by position), for collecting, and for the whole."""

    def __init__(self, cpu, wall, collecting=60.0, total=None):
        self.cpu, self.wall, self.collecting, self.total = cpu, wall, collecting, total
        # The machine may have other things to do.
        self.wait = max(2 * collecting, LEAST_WAIT)
        self.begin()

    def begin(self):
        self.started = time.monotonic()
        # Which test ran when somebody last looked, and the CPU seconds that it had left.
        self._left = None, 0.0

    def of(self, position):
        if position == progress.COLLECTING:
            return self.collecting, self.wait
        if 0 <= position < len(self.cpu):
            return self.cpu[position], self.wall[position]
        return self.collecting, self.wait

    def next_look(self, state):
        """Seconds until the present test could exceed its CPU limit for the first time."""
        _, position, since, _ = state
        now = time.monotonic()
        if position < 0:
            # A test may begin at any moment; its own limits are known once it has.
            return BETWEEN_TESTS
        cpu, wall = self.of(position)
        look = since + min(cpu, wall) - now
        if look <= 0:
            # It was not alone, or has waited rather than worked: it cannot use up the rest any faster.
            seen, left = self._left
            look = min(left, since + wall - now) if seen == position else min(cpu, wall) / 4
        if self.total is not None:
            look = min(look, max(0.0, self.started + self.total - now))
        return max(0.01, look)

    def exceeded(self, state, child):
        process, position, since, cpu_then = state
        now = time.monotonic()
        if self.total is not None and now - self.started > self.total:
            return position
        if position == progress.NOT_RUNNING or process != child:
            since, cpu_then = self.started, 0.0
        cpu, wall = self.of(position)
        left = cpu - (clock.group_cpu(child) - cpu_then)
        self._left = position, left
        return position if now - since > wall or left < 0 else None
