# Finds the functions that run a piece of code, however they were wrapped or copied, and gives them other code.
import gc
import types

GENERATORS = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)


def shape_of(code):
    """What a renamed or relocated copy of a code object still shares with it."""
    return (code.co_code, code.co_names, code.co_varnames)


class FunctionIndex:
    """All functions alive in a parent, by their code; made once, used by every fork."""

    def __init__(self, root):
        self.by_place, self.by_shape, self.suspended = {}, {}, {}
        self.swapped = []
        inside = root.rstrip("/") + "/"
        for thing in gc.get_objects():
            kind = type(thing)
            if kind is types.FunctionType:
                code = thing.__code__
                if code.co_filename.startswith(inside):
                    place = (code.co_filename, code.co_firstlineno, code.co_name)
                    self.by_place.setdefault(place, []).append(thing)
                elif not code.co_filename.startswith("<"):
                    continue
                self.by_shape.setdefault(hash(shape_of(code)), []).append(thing)
            elif kind in GENERATORS:
                code = running_code(thing)
                if code is not None and code.co_filename.startswith(inside):
                    place = (code.co_filename, code.co_firstlineno, code.co_name)
                    self.suspended.setdefault(place, []).append(thing)

    def swap(self, pairs):
        """
        Replaces code: `pairs` of (old, new). Returns why it cannot be done, or None.
        Nothing is replaced when anything cannot.
        """
        found = []
        for old, new in pairs:
            place = (old.co_filename, old.co_firstlineno, old.co_name)
            if place in self.suspended:
                return "%s is suspended in a live generator" % old.co_name
            here = self.by_place.get(place, ())
            known = [f for f in here if f.__code__ == old]
            if here and not known:
                return "%s runs other code than its source says" % old.co_name
            ids = set(map(id, known))
            for other in self.by_shape.get(hash(shape_of(old)), ()):
                if id(other) in ids:
                    continue
                code = other.__code__
                if shape_of(code) == shape_of(old) and is_altered_copy(code, old):
                    return "%s lives on in an altered copy" % old.co_name
            found.extend((function, new) for function in known)
        for function, new in found:
            self.swapped.append((function, function.__code__))
            function.__code__ = new
        return None


    def restore(self):
        """Gives every swapped function the code back that it had."""
        for function, code in self.swapped:
            function.__code__ = code
        self.swapped = []


def running_code(thing):
    for name in ("gi_code", "cr_code", "ag_code"):
        code = getattr(thing, name, None)
        if code is not None:
            return code
    return None


def is_altered_copy(code, old):
    """Whether code of the same shape is a changed copy of `old` rather than a twin written elsewhere."""
    same_file = code.co_filename == old.co_filename
    if same_file and (code.co_firstlineno, code.co_name) != (old.co_firstlineno, old.co_name):
        # A twin in the same file keeps its own line; a renamed copy keeps the old line.
        return code.co_firstlineno == old.co_firstlineno
    if same_file:
        return True
    return code.co_firstlineno == old.co_firstlineno and code.co_name == old.co_name
