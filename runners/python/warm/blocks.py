# Finds which lines of the old version execution must reach before two versions of a function can behave differently.
import ast

LISTS = ("body", "orelse", "finalbody")
HEADERS = {
    "If": ("test",),
    "While": ("test",),
    "For": ("target", "iter"),
    "AsyncFor": ("target", "iter"),
    "With": ("items",),
    "AsyncWith": ("items",),
    "Try": (),
    "TryStar": (),
    "FunctionDef": ("name", "args", "decorator_list", "returns", "type_params"),
    "AsyncFunctionDef": ("name", "args", "decorator_list", "returns", "type_params"),
}


def same(old, new):
    """Whether two syntax trees are equal, positions aside."""
    if type(old) is not type(new):
        return False
    if isinstance(old, list):
        return len(old) == len(new) and all(map(same, old, new))
    if not isinstance(old, ast.AST):
        return old == new and repr(old) == repr(new)
    for field in old._fields:
        if field not in ("ctx", "type_comment", "kind"):
            if not same(getattr(old, field, None), getattr(new, field, None)):
                return False
    return True


def span(node):
    first = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", ())])
    return first, node.end_lineno


def changed_spans(old, new):
    """Line spans (first, last) of the old statement that differ from the new one."""
    kind = type(old).__name__
    if type(new) is not type(old) or kind not in HEADERS:
        return [span(old)]
    if not all(same(getattr(old, f, None), getattr(new, f, None)) for f in HEADERS[kind]):
        if not all(same(getattr(old, f, None), getattr(new, f, None)) for f in LISTS):
            return [span(old)]
        return [(span(old)[0], max(span(old)[0], old.body[0].lineno - 1))]
    found = []
    if not hasattr(old, "handlers"):
        handlers = []
    elif len(old.handlers) != len(new.handlers):
        return [span(old)]
    else:
        handlers = list(zip(old.handlers, new.handlers))
    for old_handler, new_handler in handlers:
        if not same(old_handler.type, new_handler.type) or old_handler.name != new_handler.name:
            return [span(old)]
        found.extend(changed_in_list(old_handler.body, new_handler.body))
    for field in LISTS:
        before, after = getattr(old, field, None) or [], getattr(new, field, None) or []
        if not before and after:
            return [span(old)]
        found.extend(changed_in_list(before, after))
    return found


def changed_in_list(old, new):
    start = 0
    while start < len(old) and start < len(new) and same(old[start], new[start]):
        start += 1
    end = 0
    while (
        end < len(old) - start and end < len(new) - start and same(old[-1 - end], new[-1 - end])
    ):
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if not before and not after:
        return []
    if len(before) == 1 and len(after) == 1:
        return changed_spans(before[0], after[0])
    if before:
        return [(span(before[0])[0], span(before[-1])[1])]
    # Something was put between two statements: whoever reaches it ran the one or runs the other.
    neighbours = ([old[start - 1]] if start else []) + ([old[start]] if start < len(old) else [])
    return [span(node) for node in neighbours]
