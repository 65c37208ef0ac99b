# Which methods two versions of a file do not share, when that is all that tells them apart.
import ast
import copy

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
    How the methods of two trees differ. `lost` and `changed`: (qualified name, old node) of those that are missing, or
    have other defaults; `moved`: whether some stand elsewhere in their class.
    """

    def __init__(self):
        self.lost, self.changed, self.moved = [], [], False

    def any(self):
        return bool(self.lost or self.changed or self.moved)

    def compare(self, old_body, new_body, name):
        """Whether nothing else differs in these statements."""
        position = 0
        texts = [ast.dump(node) for node in new_body]
        for node in old_body:
            other = new_body[position] if position < len(new_body) else None
            if other is not None and (ast.dump(node) == texts[position] or self._similar(node, other, name)):
                position += 1
            elif name and isinstance(node, FUNCTIONS) and ast.dump(node) in texts:
                return self._compare_order(old_body, texts)
            elif name and isinstance(node, FUNCTIONS) and node.name not in ASKED_FOR:
                self.lost.append((name + node.name, node))
            else:
                return False
        return position == len(new_body)

    def _similar(self, node, other, name):
        if isinstance(node, ast.ClassDef) and isinstance(other, ast.ClassDef):
            same = ast.dump(hollow(node)) == ast.dump(hollow(other))
            return same and self.compare(node.body, other.body, name + node.name + ".")
        if type(node) is not type(other) or not isinstance(node, FUNCTIONS) or node.name != other.name:
            return False
        if ast.dump(without_defaults(node)) != ast.dump(without_defaults(other)):
            return False
        if len(node.args.defaults) != len(other.args.defaults):
            return False
        self.changed.append((name + node.name, node))
        return True

    def _compare_order(self, old_body, texts):
        """Whether only functions stand elsewhere, and everything else in the order that it had."""
        self.moved = True
        others = [ast.dump(node) for node in old_body if not isinstance(node, FUNCTIONS)]
        functions = sorted(ast.dump(node) for node in old_body if isinstance(node, FUNCTIONS))
        rest = sorted(texts)
        for text in others:
            if text not in rest:
                return False
            rest.remove(text)
        return functions == rest and [text for text in texts if text in others] == others


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
