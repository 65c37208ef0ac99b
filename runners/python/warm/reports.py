# What a child tells the server about its tests; the interface is that of the report of ordinary runs.
import os
import time

import swemint_report

from . import clock, progress

MESSAGE_LIMIT = 2000
UNKNOWN = (progress.UNKNOWN, None)


class ParentReport:
    """Keeps what collection says until the parent announces itself."""

    def __init__(self, shared):
        self.errors = []
        self._progress, self.cpu = shared, clock.bind_clock()

    def start(self, framework, version):
        pass

    def collecting(self):
        self._progress.note(os.getpid(), progress.COLLECTING, time.monotonic(), self.cpu())

    def collection_error(self, file, message):
        self.errors.append({"file": file, "message": swemint_report.clip(message, MESSAGE_LIMIT)})

    def test_start(self, test_id):
        pass

    def test(self, *_record):
        pass

    def describing(self):
        return self.cpu()

    def leave_out(self, since):
        pass


class ChildReport:
    """Sends each result that differs from the expected one, or every one, and counts new failures."""

    def __init__(self, writer, shared, expected, hub_limit, observers=(), everything=False):
        # `expected`: {test id: (its number, the status it should have)}, or None when nothing is known yet.
        self._everything = everything
        self._limit = swemint_report.MESSAGE_LIMIT if everything else MESSAGE_LIMIT
        self.owner = os.getpid()
        self.errors = []
        self._writer, self._progress = writer, shared
        self._expected, self._hub_limit = expected, hub_limit
        self._observers = observers
        self._getpid, self._wall, self.cpu = os.getpid, time.monotonic, clock.bind_clock()
        self._number, self._described = progress.UNKNOWN, 0.0
        self._began = self._began_wall = 0.0
        self._started = self.cpu()
        self._buffer, self._flushed = [], 0.0
        self.ran = 0
        # CPU seconds inside tests, their fixtures included.
        self.inside = 0.0
        self.new_failures = 0
        self.stopped = None

    def _clip(self, message):
        return swemint_report.clip(message, self._limit)

    def cpu_since_start(self):
        return self.cpu() - self._started

    def should_stop(self):
        return self.stopped is not None

    def describing(self):
        cpu = self.cpu()
        if self._everything and self._getpid() == self.owner:
            # Descriptions are long then, and the limits of the test are not theirs.
            self._described = self._wall()
            self._progress.note(self.owner, progress.COLLECTING, self._described, cpu)
        return cpu

    def leave_out(self, since):
        if self._everything and self._getpid() == self.owner:
            self._began += self.cpu() - since
            self._began_wall += self._wall() - self._described
            self._progress.note(self.owner, self._number, self._began_wall, self._began)

    def collecting(self):
        pass

    def collection_error(self, file, message):
        self.errors.append({"file": file, "message": self._clip(message)})

    def test_start(self, test_id):
        if self._getpid() != self.owner:
            return
        for observer in self._observers:
            observer.before(test_id)
        self._began, self._began_wall = self.cpu(), self._wall()
        self._number = self._expected.get(test_id, UNKNOWN)[0] if self._expected else progress.UNKNOWN
        self._progress.note(self.owner, self._number, self._began_wall, self._began)

    def test(self, test_id, file, status, kind, milliseconds, message):
        if self._getpid() != self.owner:
            return
        cpu = self.cpu() - self._began
        self.ran += 1
        self.inside += cpu
        observed = {}
        for observer in self._observers:
            observed.update(observer.after(test_id))
        expected = self._expected.get(test_id, UNKNOWN)[1] if self._expected else None
        if self._everything or expected != status:
            record = {"test": test_id, "file": file, "status": status, "cpuMs": round(cpu * 1000, 3)}
            record["wallMs"] = round(milliseconds, 3)
            if status == "failed":
                record["kind"] = kind or "error"
                if expected == "passed":
                    self.new_failures += 1
                    if self._hub_limit is not None and self.new_failures > self._hub_limit:
                        self.stopped = "hub"
            if message:
                record["message"] = self._clip(message)
            record.update(observed)
            self._buffer.append(record)
            self.flush(self._wall() - self._flushed > 0.05)

    def flush(self, now=True):
        if now and self._buffer:
            self._writer.send(event="results", process=self.owner, results=self._buffer)
            self._buffer, self._flushed = [], self._wall()
