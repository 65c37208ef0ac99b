# Which methods two versions of a file do not share, when that is all that tells them apart.
import ast
import copy

from .blocks import same

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Python or its library asks classes whether they have them, without calling them.
ASKED_FOR = frozenset(
    "__%s__" % name
    for name in (
        "aenter aexit aiter anext await bool buffer bytes call class_getitem complex contains copy deepcopy del delattr "
        "delete dir enter eq exit float fspath get getattr getattribute getitem getstate hash index init_subclass "
        "instancecheck int iter len length_hint new next post_init prepare reduce reduce_ex reversed set set_name "
        "setattr setstate subclasscheck subclasshook trunc"
    ).split()
)
# What code uses that sees in which order a class was written.
ORDERLY = ["__dict__", "vars", "getmembers"]


class Methods:
    """
    How the methods of two trees differ. `old_lines`, `new_lines`: the lines of both texts, or None. `lost` and
    `changed`: (qualified name, old node) of those that are missing, or have other defaults; `moved`: whether some
    stand elsewhere in their class.
    """

    def __init__(self, old_lines, new_lines):
        self._old_lines, self._new_lines = old_lines, new_lines
        self.lost, self.changed, self.moved = [], [], False

    def any(self):
        return bool(self.lost or self.changed or self.moved)

    def compare(self, old_body, new_body, name):
        """Whether nothing else differs in these statements."""
        position = 0
        for node in old_body:
            other = new_body[position] if position < len(new_body) else None
            if other is not None and (self._equal(node, other) or self._similar(node, other, name)):
                position += 1
            elif name and isinstance(node, FUNCTIONS) and self._place_of(node, new_body) is not None:
                return self._compare_order(old_body, new_body)
            elif name and isinstance(node, FUNCTIONS) and node.name not in ASKED_FOR:
                self.lost.append((name + node.name, node))
            else:
                return False
        return position == len(new_body)

    def _equal(self, node, other):
        """Whether two statements say the same. Nearly all are the same text, which is seen at once."""
        if type(node) is not type(other):
            return False
        if self._old_lines and self._new_lines:
            if text_of(node, self._old_lines) == text_of(other, self._new_lines):
                return True
        return same(node, other)

    def _place_of(self, node, statements):
        return next((index for index, other in enumerate(statements) if self._equal(node, other)), None)

    def _similar(self, node, other, name):
        if isinstance(node, ast.ClassDef) and isinstance(other, ast.ClassDef):
            return same(hollow(node), hollow(other)) and self.compare(node.body, other.body, name + node.name + ".")
        if type(node) is not type(other) or not isinstance(node, FUNCTIONS) or node.name != other.name:
            return False
        if not same(without_defaults(node), without_defaults(other)):
            return False
        if len(node.args.defaults) != len(other.args.defaults):
            return False
        self.changed.append((name + node.name, node))
        return True

    def _compare_order(self, old_body, new_body):
        """Whether only functions stand elsewhere, and everything else in the order that it had."""
        self.moved = True
        rest, others = list(new_body), []
        for node in old_body:
            place = self._place_of(node, rest)
            if place is None:
                return False
            other = rest.pop(place)
            if not isinstance(node, FUNCTIONS):
                others.append(other)
        return not rest and others == [node for node in new_body if not isinstance(node, FUNCTIONS)]


def text_of(node, lines):
    """The text of a statement, with where it begins and ends in its lines."""
    first = first_line(node) if isinstance(node, FUNCTIONS + (ast.ClassDef,)) else node.lineno
    return node.col_offset, node.end_col_offset, lines[first - 1 : node.end_lineno]


def hollow(node):
    """A class without what is in it."""
    return ast.ClassDef(
        name=node.name, bases=node.bases, keywords=node.keywords, decorator_list=node.decorator_list, body=[]
    )


def without_defaults(node):
    bare = copy.deepcopy(node)
    bare.args.defaults = []
    bare.args.kw_defaults = [default and ast.Constant(None) for default in bare.args.kw_defaults]
    return bare


def first_line(node):
    return min([node.lineno] + [decorator.lineno for decorator in node.decorator_list])
