# Loaded by Python programs that a recorded test starts: appends each line of the repository that runs to one file.
import os
import sys
import threading

FILE, ROOT = "SWEMINT_COVER_FILE", "SWEMINT_COVER_ROOT"
OUTSIDE = ("site-packages", "dist-packages", "node_modules")
# Reading for these is not a program's doing: importing, rewriting assertions, printing tracebacks and warnings.
# Hypothesis looks for numbers and words worth trying, which decides no more than its random choices do.
LOADERS = (
    "<frozen importlib",
    "/_pytest/assertion/rewrite.py",
    "/importlib/_bootstrap",
    "/hypothesis/internal/constants_ast.py",
)
# Part of the interpreter from 3.15 on.
CACHES = ("/linecache.py", "<frozen linecache>")
PRINTERS = ("/traceback.py", "/warnings.py", "/_pytest/_code/")
# Doctest looks up in which line an example stands; the example itself is of the docstring.
FINDERS = ("find", "_find", "_find_lineno")


def reads_for_itself(frame):
    """Whether a source that is opened from this frame is data to the program, not code to load or to show."""
    depth, through_cache = 0, False
    while frame is not None and depth < 12:
        name = frame.f_code.co_filename
        if any(part in name for part in LOADERS):
            return False
        if name.endswith(CACHES):
            through_cache = True
        elif through_cache and any(part in name for part in PRINTERS):
            return False
        elif through_cache and name.endswith("/doctest.py") and frame.f_code.co_name in FINDERS:
            return False
        frame, depth = frame.f_back, depth + 1
    return True


def follow(file, root, mark):
    """Traces this process from now on; every line is written at once, because processes may end any way."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    write, inside = os.write, root.rstrip("/") + "/"
    write(descriptor, mark)
    paths, seen, kept = {}, set(), []

    def path_of(name):
        if name not in paths:
            absolute = name if os.path.isabs(name) else os.path.abspath(name)
            path = absolute[len(inside) :] if absolute.startswith(inside) and name[:1] != "<" else None
            if path is not None:
                parts = os.path.normpath(path).split(os.sep)
                bad = any(part in OUTSIDE or part.startswith(".") for part in parts)
                path = None if bad else "/".join(parts)
            paths[name] = path
        return paths[name]

    def note(code, line):
        key = (id(code), line)
        if key not in seen:
            seen.add(key)
            kept.append(code)
            place = "%d:%s" % (code.co_firstlineno, code.co_name)
            text = "%s\t%s\t%d\n" % (path_of(code.co_filename), place, line)
            write(descriptor, text.encode("utf-8", "replace"))

    def on_call(frame, event, argument):
        code = frame.f_code
        if path_of(code.co_filename) is None:
            return None
        note(code, 0)
        return on_line

    def on_line(frame, event, argument):
        if event == "line":
            note(frame.f_code, frame.f_lineno)
        return on_line

    def on_audit(event, arguments):
        if event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(".py"):
            path = path_of(arguments[0])
            if path is not None and reads_for_itself(sys._getframe(1)):
                write(descriptor, ("read\t%s\n" % path).encode("utf-8", "replace"))

    sys.addaudithook(on_audit)
    frame = sys._getframe(1)
    while frame is not None:
        # Functions that were running when the process forked go on running in it.
        if path_of(frame.f_code.co_filename) is not None:
            note(frame.f_code, frame.f_lineno)
            frame.f_trace = on_line
        frame = frame.f_back
    threading.settrace(on_call)
    sys.settrace(on_call)


def pass_on():
    """Runs the sitecustomize that this one hides, if there is one."""
    here = os.path.dirname(os.path.abspath(__file__))
    for folder in sys.path:
        path = os.path.join(folder or ".", "sitecustomize.py")
        if os.path.abspath(folder or ".") != here and os.path.isfile(path):
            with open(path, "rb") as file:
                exec(compile(file.read(), path, "exec"), {"__name__": "sitecustomize", "__file__": path})
            return


if __name__ == "sitecustomize":
    if FILE in os.environ and ROOT in os.environ:
        follow(os.environ[FILE], os.environ[ROOT], b"program\n")
    pass_on()
