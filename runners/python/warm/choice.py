# Decides for one candidate how it must run and which tests can tell it from the original.
import re

from . import bits
from .sources import SourceFile, content_of


class Plan:
    """`level`: `same`, `uncovered`, `swap`, `reimport` or `fresh`; `why` is one sentence for a person."""

    def __init__(self, level, why, tests=0, files=None, swaps=(), on_disk=False, narrow=None):
        self.level, self.why, self.tests, self.files = level, why, tests, files
        self.swaps, self.on_disk = list(swaps), on_disk
        self.narrow = narrow


class Narrow:
    """
    Of a `reimport`: the tests that can notice the change where importing leaves everything else in memory as it is
    without it. `besides`: names of the changed file that hold something else by the change itself.
    """

    def __init__(self, tests, swaps=(), besides=()):
        self.tests, self.swaps, self.besides = tests, list(swaps), list(besides)


class Chooser:
    def __init__(self, root, recording):
        self.root, self.recording = root, recording
        self._sources, self._contents = {}, {}

    def content(self, path):
        if path not in self._contents:
            self._contents[path] = content_of(self.root, path)
        return self._contents[path]

    def source(self, path):
        if path not in self._sources:
            self._sources[path] = SourceFile(self.root, path, self.content(path))
        return self._sources[path]

    def plan(self, files):
        """One plan for all files of a candidate: the most careful level any of them needs."""
        plans = [self._plan_file(file["path"], file["content"]) for file in files]
        if len(plans) == 1:
            return plans[0]
        if any(plan.level == "fresh" for plan in plans):
            return next(plan for plan in plans if plan.level == "fresh")
        tests = 0
        for plan in plans:
            tests |= plan.tests
        levels = {plan.level for plan in plans}
        why = "; ".join(plan.why for plan in plans)
        on_disk = any(plan.on_disk for plan in plans)
        if "reimport" in levels:
            wanted = set()
            for plan in plans:
                wanted |= plan.files or set()
            wanted |= {self.recording.tests[i]["file"] for i in bits.indexes_of(tests)}
            return Plan("reimport", why, tests=None, files=wanted, on_disk=True)
        if "swap" in levels:
            swaps = [pair for plan in plans for pair in plan.swaps]
            return Plan("swap", why, tests, swaps=swaps, on_disk=on_disk)
        return plans[0]

    def _plan_file(self, path, content):
        recording = self.recording
        if not path.endswith(".py") or content is None:
            return Plan("fresh", "%s is not a changed Python file" % path)
        try:
            source = self.source(path)
            comparison = source.compare(content.encode("utf-8", "surrogateescape"))
        except (SyntaxError, ValueError) as error:
            return self._reimport(path, "%s does not compile: %s" % (path, error))
        except OSError:
            return Plan("fresh", "%s is a new file" % path)
        besides = recording.always
        readers = recording.reading(path)
        if comparison.kind == "same":
            return Plan("same", "the compiled code is the same")
        if path not in recording.modules:
            tests = besides | readers | recording.touching(path)
            if not tests:
                return Plan("uncovered", "no test loads %s" % path)
            return self._reimport(path, "tests load %s by themselves" % path, tests)
        if comparison.kind == "definitions":
            return self._reimport(path, comparison.reason, narrow=self._narrow(path, comparison))
        if path in recording.reads_at_import:
            return self._reimport(path, "the source of %s is read when tests are collected" % path)
        return self._plan_bodies(path, comparison, readers, besides)

    def _plan_bodies(self, path, comparison, readers, besides):
        recording = self.recording
        bodies = self.source(path).bodies
        if comparison.spans is not None:
            tests = recording.covering_lines(path, comparison.spans, bodies)
            at_import = recording.ran_at_import(path, comparison.spans, bodies)
        else:
            places = recording.places_at(path, {line for line, _ in comparison.entered}, bodies)
            tests = recording.entering(path, places)
            at_import = recording.entered_at_import(path, places)
        if at_import:
            reached = recording.with_companions(tests | readers | besides)
            why = "a changed function runs when tests are collected"
            return self._reimport(path, why, narrow=Narrow(reached, comparison.swaps))
        if path in recording.test_modules:
            return self._reimport(path, "%s holds tests" % path)
        if readers:
            return self._reimport(path, "tests read the source of %s" % path, tests | readers | besides)
        tests |= besides
        if not tests:
            return Plan("uncovered", "no test reaches the changed lines of %s" % path)
        tests = recording.with_companions(tests)
        on_disk = bool(tests & (recording.loading(path) | recording.always))
        return Plan("swap", "only bodies of functions differ", tests, swaps=comparison.swaps, on_disk=on_disk)

    def _narrow(self, path, comparison):
        """Which tests can notice changed definitions of functions; None when any test may."""
        if not comparison.limited or path in self.recording.test_modules:
            return None
        recording = self.recording
        places = recording.places_at(path, {line for line, _ in comparison.entered}, self.source(path).bodies)
        tests = recording.entering(path, places) | recording.reading(path) | recording.always
        for name in comparison.asked:
            tests |= self._mentioning(name)
        besides = ["%s:%s" % (path, name) for name in comparison.besides]
        return Narrow(recording.with_companions(tests), comparison.swaps, besides)

    def _mentioning(self, name):
        """Tests that run a function whose text holds this word: it may ask whether there is such a thing."""
        recording = self.recording
        word, tests = re.compile(rb"\b%s\b" % name.encode()), 0
        for path in recording.test_modules.union(recording.coverage):
            try:
                content = self.content(path)
                if word.search(content) is None:
                    continue
                source = self.source(path)
            except (OSError, SyntaxError, ValueError):
                # A template, or a file in an archive.
                tests |= recording.touching(path)
                continue
            lines = [number for number, line in enumerate(content.split(b"\n"), 1) if word.search(line)]
            around = source.functions_around(lines)
            if around:
                tests |= recording.covering_lines(path, [(one.first, one.last) for one in around], frozenset())
            if path in recording.test_modules:
                # What runs in test files is not followed.
                tests |= recording.tests_named(path, [one.name for one in around])
        return tests

    def _reimport(self, path, why, tests=None, narrow=None):
        recording = self.recording
        if tests is not None:
            tests = recording.with_companions(tests)
            files = {recording.tests[i]["file"] for i in bits.indexes_of(tests)}
            return Plan("reimport", why, tests, files, on_disk=True)
        touching = recording.touching(path) | recording.always | recording.reading(path)
        files = recording.files_reaching(path)
        files |= {recording.tests[i]["file"] for i in bits.indexes_of(touching)}
        if not files:
            return Plan("uncovered", "no test file imports %s" % path)
        return Plan("reimport", why, None, files, on_disk=True, narrow=narrow)
