# Notes which lines of the repository's code run, between two moments, in all threads.
import gc
import os
import sys
import threading
import types

OUTSIDE = ("site-packages", "dist-packages", "node_modules")
ENTERED = 0
# Line events of one piece of code in one test before it is taken as a whole.
MOST_EVENTS = 1500


def resolver(root):
    """Repository-relative path of a code object's file, or None when it is not the repository's."""
    known = {}
    inside = root.rstrip("/") + "/"
    real_inside = os.path.realpath(root) + "/"

    def resolve(filename):
        if filename in known:
            return known[filename]
        path = None
        if not filename.startswith("<"):
            absolute = filename if os.path.isabs(filename) else os.path.abspath(filename)
            for start in (inside, real_inside):
                if absolute.startswith(start):
                    path = os.path.normpath(absolute[len(start) :]).replace(os.sep, "/")
                    break
            if path is not None:
                parts = path.split("/")
                if any(part in OUTSIDE or part.startswith(".") for part in parts):
                    path = None
        known[filename] = path
        return path

    return resolve


class CallTracer:
    """For Pythons without `sys.monitoring`: `sys.settrace`, cheap for code outside of the repository."""

    def __init__(self, root):
        self.resolve = resolver(root)
        self.seen, self.codes = {}, {}
        self.skipped = set()
        self._make()

    def _make(self):
        files, resolve, seen, codes, skipped = {}, self.resolve, self.seen, self.codes, self.skipped
        complete, events = {}, {}
        missing = object()

        def on_call(frame, event, argument):
            code = frame.f_code
            path = files.get(code.co_filename, missing)
            if path is missing:
                path = files[code.co_filename] = resolve(code.co_filename)
            if path is None or path in skipped:
                return None
            key = id(code)
            lines = seen.get(key)
            if lines is None:
                codes[key] = code
                lines = seen[key] = {ENTERED}
                events[key] = 0
                if key not in complete:
                    complete[key] = 1 + len(lines_in(code))
            elif len(lines) >= complete[key]:
                return None
            return on_line

        def on_line(frame, event, argument):
            if event == "line":
                key = id(frame.f_code)
                lines = seen.get(key)
                if lines is None:
                    codes[key] = frame.f_code
                    lines = seen[key] = set()
                    events[key] = 0
                lines.add(frame.f_lineno)
                events[key] += 1
                if events[key] > MOST_EVENTS:
                    # Hot code costs too much to follow line by line: it counts as run completely.
                    lines.update(lines_in(frame.f_code))
                    lines.add(ENTERED)
                    complete[key] = 0
                    frame.f_trace_lines = False
            return on_line

        self._on_call = on_call

    def prime(self):
        """Nothing to prepare: each call is seen."""

    def start(self):
        threading.settrace(self._on_call)
        sys.settrace(self._on_call)

    def stop(self):
        sys.settrace(None)
        threading.settrace(None)

    @property
    def intact(self):
        return sys.gettrace() is self._on_call

    def resume(self):
        if not self.intact:
            self.start()

    def take(self):
        """{path: {"first line:name": [lines]}} since the last call; 0 stands for being entered."""
        seen = dict(self.seen)
        self.seen.clear()
        result = {}
        for key, lines in seen.items():
            code = self.codes[key]
            path = self.resolve(code.co_filename)
            place = "%d:%s" % (code.co_firstlineno, code.co_name)
            result.setdefault(path, {}).setdefault(place, set()).update(lines)
        return {path: {k: sorted(v) for k, v in places.items()} for path, places in result.items()}


def lines_in(code):
    import dis

    return {line for _, line in dis.findlinestarts(code) if line is not None}


def nested_codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from nested_codes(constant)


class MonitoringTracer:
    """For Python 3.12 and later: `sys.monitoring`, each place reported once per window."""

    TOOL = 3

    def __init__(self, root):
        self.resolve = resolver(root)
        self.seen, self.codes = {}, {}
        self.skipped = set()

    def start(self):
        monitoring = sys.monitoring
        monitoring.use_tool_id(self.TOOL, "swemint")
        events, disable = monitoring.events, monitoring.DISABLE
        files, resolve, seen, codes, skipped = {}, self.resolve, self.seen, self.codes, self.skipped
        missing, tool, local = object(), self.TOOL, set()

        def on_start(code, offset):
            path = files.get(code.co_filename, missing)
            if path is missing:
                path = files[code.co_filename] = resolve(code.co_filename)
            if path is None or path in skipped:
                return disable
            key = id(code)
            if key not in local:
                follow(code)
                # This first call may run on without line events: all its lines count.
                seen[key] = {ENTERED} | lines_in(code)
            seen.setdefault(key, set()).add(ENTERED)
            return disable

        def follow(code):
            local.add(id(code))
            codes[id(code)] = code
            monitoring.set_local_events(tool, code, events.LINE)

        def on_line(code, line):
            seen.setdefault(id(code), set()).add(line)
            return disable

        monitoring.register_callback(tool, events.PY_START, on_start)
        monitoring.register_callback(tool, events.PY_RESUME, on_start)
        monitoring.register_callback(tool, events.LINE, on_line)
        monitoring.set_events(tool, events.PY_START | events.PY_RESUME)
        self._follow, self._followed = follow, local

    def prime(self):
        """Asks for the lines of all functions alive now, so that their next call is seen line by line."""
        for thing in gc.get_objects():
            if type(thing) is types.FunctionType:
                path = self.resolve(thing.__code__.co_filename)
                if path is None or path in self.skipped:
                    continue
                for code in nested_codes(thing.__code__):
                    if id(code) not in self._followed:
                        self._follow(code)

    @property
    def intact(self):
        return sys.monitoring.get_tool(self.TOOL) == "swemint"

    def resume(self):
        if not self.intact:
            self.start()

    def stop(self):
        sys.monitoring.set_events(self.TOOL, 0)
        sys.monitoring.free_tool_id(self.TOOL)

    def take(self):
        seen = dict(self.seen)
        self.seen.clear()
        sys.monitoring.restart_events()
        result = {}
        for key, lines in seen.items():
            code = self.codes[key]
            path = self.resolve(code.co_filename)
            place = "%d:%s" % (code.co_firstlineno, code.co_name)
            result.setdefault(path, {}).setdefault(place, set()).update(lines)
        return {path: {k: sorted(v) for k, v in places.items()} for path, places in result.items()}


def make_tracer(root):
    return MonitoringTracer(root) if hasattr(sys, "monitoring") else CallTracer(root)
