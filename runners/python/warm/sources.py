# One source file of the repository as it is, ready to be compared with changed versions of it.
import ast
import bisect
import os
import re

from . import blocks, codes
from .methods import FUNCTIONS, ORDERLY, Methods, first_line


class Comparison:
    """
    What a changed version means for live code. `kind`: `same` (compiles to the same code), `bodies` (only
    bodies of functions differ), or `definitions` (anything else; `reason` says what).
    """

    def __init__(self, kind, reason="", swaps=(), entered=(), spans=None, limited=False, asked=(), besides=()):
        self.kind, self.reason, self.swaps = kind, reason, list(swaps)
        # Of `definitions`: whether the difference is one of `entered` and `besides` alone.
        self.limited = limited
        # Names whose mention may be a question for what differs.
        self.asked = list(asked)
        # Names of the file that hold something else.
        self.besides = list(besides)
        # Places (first line, name) of the code whose own instructions differ.
        self.entered = list(entered)
        # Old lines that must be reached for a difference; None when any entry may matter.
        self.spans = spans


class OuterFunction:
    """A function or method that no other function encloses, cut out so that it compiles alone."""

    def __init__(self, node, classes, lines, imported):
        decorators = [decorator.lineno for decorator in node.decorator_list]
        self.node = node
        self.first = min([node.lineno] + decorators)
        self.last = node.end_lineno
        self.body_first = node.body[0].lineno
        self.classes, self.imported = classes, imported
        self.name = ".".join(classes + [node.name])
        head = lines[self.first - 1]
        self.indent = head[: len(head) - len(head.lstrip())]
        self.code = None

    def wrapped(self, lines):
        """The function's text at its own line numbers inside stand-ins for its classes, or None."""
        levels = ["class %s:" % name for name in self.classes]
        if not levels and self.indent:
            levels = ["if 1:"]
        if self.indent.strip(" ") or len(self.indent) < len(levels):
            return None
        heads = [" " * depth + level for depth, level in enumerate(levels)]
        if self.imported:
            # Compilers treat methods of imported names in a way of their own, whatever the scope.
            heads.insert(0, "import " + ",".join(self.imported))
        if self.first <= len(heads):
            return None
        return "\n" * (self.first - 1 - len(heads)) + "\n".join(heads + lines)


class SourceFile:
    def __init__(self, root, path, content):
        self.path, self.content = path, content
        self.absolute = os.path.join(root, path)
        self.tree = ast.parse(self.content)
        self.flags = future_flags(self.tree)
        self.code = self.compile(self.tree)
        self._encoding = encoding_of(content)
        self.lines, self._documents = content.decode(self._encoding).split("\n"), None
        # Where each line begins in the content.
        self._starts = [0] + [match.end() for match in re.finditer(b"\n", content)]
        # Places of code that is not a function's: it runs when the file is imported.
        self.bodies = frozenset(
            "%d:%s" % (code.co_firstlineno, code.co_name)
            for code in codes.walk(self.code)
            if not codes.is_function(code)
        )
        self.functions, self.imported = [], imported_names(self.tree.body)
        self._collect(self.tree.body, [])

    def compile(self, source):
        return compile(source, self.absolute, "exec", flags=self.flags, dont_inherit=True)

    def _collect(self, statements, classes):
        for node in statements:
            if isinstance(node, FUNCTIONS):
                self.functions.append(OuterFunction(node, classes, self.lines, self.imported))
            elif isinstance(node, ast.ClassDef):
                self._collect(node.body, classes + [node.name])
            else:
                for field in ("body", "orelse", "finalbody"):
                    self._collect(getattr(node, field, None) or [], classes)
                for part in list(getattr(node, "handlers", ())) + list(getattr(node, "cases", ())):
                    self._collect(part.body, classes)

    def compare(self, content):
        """Compares with a changed version (bytes); SyntaxError and ValueError when it cannot be compiled."""
        quick = self._compare_one_function(content)
        return quick if quick is not None else self._compare_whole(content)

    # ---- one function ---------------------------------------------------------------------------

    def _compare_one_function(self, content):
        if b"\r" in content or b"\f" in content:
            return None
        begin, end = changed_lines(self.content, content)
        for function in self.functions:
            if function.body_first <= function.node.lineno:
                continue
            if function.body_first <= begin and max(begin, end) <= function.last:
                try:
                    return self._compare_cut(function, self._new_lines(function, content))
                except UnicodeDecodeError:
                    return None
        return None

    def _new_lines(self, function, content):
        """The lines of a function in a version of the file that differs inside it only."""
        starts = self._starts
        after = starts[function.last] - 1 if function.last < len(starts) else len(self.content)
        cut = content[starts[function.first - 1] : after + len(content) - len(self.content)]
        return cut.decode(self._encoding).split("\n")

    def _compare_cut(self, function, new_lines):
        old_text = function.wrapped(self.lines[function.first - 1 : function.last])
        new_text = function.wrapped(new_lines)
        if old_text is None or new_text is None:
            return None
        try:
            new_tree = ast.parse(new_text)
            new_node = only_function(new_tree)
            if new_node is None:
                return None
            new_code = only_code(self.compile(new_tree))
            if function.code is None:
                old_tree = ast.parse(old_text)
                if only_function(old_tree) is None:
                    return None
                cut = only_code(self.compile(old_tree))
                # The cut must compile to what the whole file does, or it is not to be trusted.
                whole = self._code_at(cut)
                function.code = cut if cut == whole else None
        except (SyntaxError, ValueError):
            return None
        if new_code is None or function.code is None:
            return None
        if ast.get_docstring(function.node, False) != ast.get_docstring(new_node, False):
            return Comparison("definitions", "a docstring of a function differs")
        changes = codes.compare(function.code, new_code)
        return self._judge(changes, {function.code: (function.node, new_node)})

    def _code_at(self, cut):
        if cut is None:
            return None
        for code in codes.walk(self.code):
            if (code.co_firstlineno, code.co_name) == (cut.co_firstlineno, cut.co_name):
                return code
        return None

    # ---- the whole file ---------------------------------------------------------------------------

    def _compare_whole(self, content):
        if content == self.content:
            return Comparison("same")
        tree = ast.parse(content)
        new_code = compile(
            tree, self.absolute, "exec", flags=future_flags(tree), dont_inherit=True
        )
        changes = codes.compare(self.code, new_code)
        if self._documents is None:
            self._documents = documents_of(self.tree)
        documented = documents_of(tree) == self._documents
        if not changes and not documented:
            return Comparison("definitions", "a docstring differs")
        limited = self._compare_methods(tree, content)
        if limited is not None:
            return limited
        for change in changes:
            if change.own and not codes.is_function(change.old):
                name = change.old.co_name
                what = "the module level" if name == "<module>" else "the body of class %s" % name
                return Comparison("definitions", what + " differs")
        if not documented:
            return Comparison("definitions", "a docstring differs")
        return self._judge(changes, {})

    def _judge(self, changes, nodes):
        changes = [change for change in changes if codes.is_function(change.old)]
        if not changes:
            return Comparison("same")
        for change in changes:
            if codes.interface_of(change.old) != codes.interface_of(change.new):
                if not change.inside_function:
                    return self._judge_interface(changes, change)
        outer = [change for change in changes if not change.inside_function]
        spans = []
        for change in outer:
            pair = nodes.get(change.old) or self._nodes_of(change)
            if pair is None or scopes_differ(change.old, change.new):
                spans = None
                break
            found = blocks.changed_in_list(pair[0].body, pair[1].body)
            lines = set()
            for code in codes.walk(change.old):
                lines.update(lines_of(code))
            if not found or not all(lines.intersection(range(a, b + 1)) for a, b in found):
                spans = None
                break
            spans.extend(found)
        return Comparison(
            "bodies",
            swaps=[(change.old, change.new) for change in changes],
            entered=[(c.old.co_firstlineno, c.old.co_name) for c in changes if c.own],
            spans=spans,
        )

    def _judge_interface(self, changes, change):
        reason = "the interface of %s differs" % change.old.co_name
        if any(codes.arguments_of(one.old) != codes.arguments_of(one.new) for one in changes):
            # Calls that failed before may succeed now.
            return Comparison("definitions", reason)
        entered = [(one.old.co_firstlineno, one.old.co_name) for one in changes]
        swaps = [(one.old, one.new) for one in changes]
        asked = {name for _, name in entered if name.isidentifier()}
        return Comparison("definitions", reason, swaps, entered, limited=True, asked=asked)

    def _compare_methods(self, tree, content):
        """When all that differs is which methods classes have, in which order, and what their parameters default to."""
        found = Methods(lines_of_text(self.content), lines_of_text(content))
        if not found.compare(self.tree.body, tree.body, "") or not found.any():
            return None
        places = [(first_line(node), node.name) for _, node in found.lost + found.changed]
        asked = [node.name for _, node in found.lost + found.changed]
        besides = [name for name, _ in found.lost + found.changed]
        if found.moved:
            asked += ORDERLY
        what = "missing" if found.lost else "given other defaults" if found.changed else "in another order"
        reason = "functions are %s" % what
        return Comparison("definitions", reason, (), places, limited=True, asked=asked, besides=besides)

    def functions_around(self, lines):
        """The outer functions around these lines."""
        lines, found = sorted(lines), []
        for function in self.functions:
            position = bisect.bisect_left(lines, function.first)
            if position < len(lines) and lines[position] <= function.last:
                found.append(function)
        return found

    def _nodes_of(self, change):
        return None


def changed_lines(old, new):
    """(first, last) line of the old text around all that differs; last < first where it was only added before `first`."""
    start = common_length(old, new, lambda text, length: text[:length])
    most = min(len(old), len(new)) - start
    tail = common_length(old, new, lambda text, length: text[len(text) - length :], most)
    end = len(old) - tail
    whole = old.count(b"\n", end)
    if ends_line(old, end) and ends_line(new, len(new) - tail):
        whole += 1
    return old.count(b"\n", 0, start) + 1, old.count(b"\n") + 1 - whole


def ends_line(text, position):
    return position == 0 or text[position - 1 : position] == b"\n"


def common_length(old, new, part, most=None):
    """The greatest length for which both parts are equal."""
    low, high = 0, min(len(old), len(new)) if most is None else most
    while low < high:
        middle = (low + high + 1) // 2
        if part(old, middle) == part(new, middle):
            low = middle
        else:
            high = middle - 1
    return low


def imported_names(statements):
    """Names that imports at module level bind, in the order of their first appearance."""
    found = {}
    for node in statements:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for name in node.names:
                if name.name != "*":
                    found[name.asname or name.name.partition(".")[0]] = True
        elif not isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            for field in ("body", "orelse", "finalbody"):
                found.update(dict.fromkeys(imported_names(getattr(node, field, None) or [])))
            for handler in getattr(node, "handlers", ()):
                found.update(dict.fromkeys(imported_names(handler.body)))
    return list(found)


def scopes_differ(old, new):
    """Whether a name means another thing somewhere: then lines that look the same may act differently."""
    if codes.scopes_of(old) != codes.scopes_of(new):
        return True
    old_parts = {(part.co_name, index): part for index, part in enumerate(codes.parts_of(old))}
    new_parts = {(part.co_name, index): part for index, part in enumerate(codes.parts_of(new))}
    if old_parts.keys() != new_parts.keys():
        # Parts came or went with the changed statements; what stayed cannot be told apart safely.
        return True
    return any(scopes_differ(part, new_parts[key]) for key, part in old_parts.items())


def lines_of(code):
    import dis

    return {line for _, line in dis.findlinestarts(code) if line is not None}


def documents_of(tree):
    """The docstrings of a module, its classes and functions."""
    found, todo = [ast.get_docstring(tree, False)], [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            found.append(ast.get_docstring(node, False))
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            todo.extend(getattr(node, field, None) or ())
    return found


def only_function(tree):
    """The function inside stand-ins for its classes, if there is nothing beside it."""
    body = [node for node in tree.body if not isinstance(node, ast.Import)]
    while len(body) == 1 and isinstance(body[0], (ast.ClassDef, ast.If)):
        body = body[0].body
    return body[0] if len(body) == 1 and isinstance(body[0], FUNCTIONS) else None


def only_code(code):
    while True:
        parts = codes.parts_of(code)
        # Defaults and decorators may hold code of their own: lambdas, comprehensions.
        if len(parts) != 1:
            return None
        code = parts[0]
        if codes.is_function(code):
            return code


def future_flags(tree):
    import __future__

    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for name in node.names:
                feature = getattr(__future__, name.name, None)
                if feature is not None:
                    # Old features change nothing any more, and leave no mark in code.
                    marked = compile("from __future__ import " + name.name, "<future>", "exec", dont_inherit=True)
                    flags |= feature.compiler_flag & marked.co_flags
    return flags


def lines_of_text(content):
    """The lines of a file of which the same text at the same place means the same; None when that is not certain."""
    head = b"\n".join(content.split(b"\n", 2)[:2])
    return None if b"\r" in content or b"coding" in head else content.decode(encoding_of(content)).split("\n")


def content_of(root, path):
    with open(os.path.join(root, path), "rb") as file:
        return file.read()


def encoding_of(content):
    """For cutting lines; one character per byte where the encoding is unknown."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
