# Notes which file of the repository imports which, and what was imported from elsewhere.
import builtins
import importlib
import sys
import weakref


def loaded_modules():
    """[(name, module)] of what is imported, without proxies: those of modules that are gone cannot be asked anything."""
    return [pair for pair in list(sys.modules.items()) if type(pair[1]) not in weakref.ProxyTypes]


class ImportGraph:
    """Follows every import statement and `importlib.import_module` while it is open."""

    def __init__(self, resolve):
        self.resolve = resolve
        self.wanted = set()

    def open(self):
        wanted, original_import, original_module = self.wanted, builtins.__import__, importlib.import_module

        def follow_import(name, globals=None, locals=None, fromlist=(), level=0):
            if globals is not None:
                importer = globals.get("__file__")
                if importer is not None:
                    package = globals.get("__package__") or globals.get("__name__", "")
                    wanted.add((importer, name, tuple(fromlist or ()), level, package))
            return original_import(name, globals, locals, fromlist, level)

        def follow_module(name, package=None):
            importer = sys._getframe(1).f_globals.get("__file__")
            if importer is not None:
                level = len(name) - len(name.lstrip("."))
                wanted.add((importer, name.lstrip("."), (), level, package or ""))
            return original_module(name, package)

        self._originals = original_import, original_module
        builtins.__import__, importlib.import_module = follow_import, follow_module

    def close(self):
        builtins.__import__, importlib.import_module = self._originals

    def edges(self):
        """{file: [files it imports]}, repository-relative, packages' own files included."""
        files = module_files(self.resolve)
        result = {}
        for importer, name, names, level, package in self.wanted:
            source = self.resolve(importer)
            if source is None:
                continue
            if level:
                base = package.split(".")
                base = base[: len(base) - level + 1] if level > 1 else base
                name = ".".join(base + ([name] if name else []))
            modules = [name] + ["%s.%s" % (name, part) for part in names]
            targets = result.setdefault(source, set())
            for module in modules:
                while module:
                    target = files.get(module)
                    if target is not None and target != source:
                        targets.add(target)
                    module = module.rpartition(".")[0]
        return {source: sorted(targets) for source, targets in result.items()}


def module_files(resolve):
    """{module name: repository-relative file} of the repository's loaded modules."""
    found = {}
    for name, module in loaded_modules():
        path = resolve(getattr(module, "__file__", None) or "<none>")
        if path is not None:
            found[name] = path
    return found


def foreign_modules(resolve):
    """Names of loaded modules from outside of the repository, in the order of their import."""
    names = []
    for name, module in loaded_modules():
        loader = type(getattr(module, "__loader__", None)).__name__
        if name.startswith(("_swemint", "swemint_", "__")) or loader == "AssertionRewritingHook":
            continue
        if getattr(module, "__spec__", None) is None:
            continue
        if resolve(getattr(module, "__file__", None) or "<none>") is None:
            names.append(name)
    return names
