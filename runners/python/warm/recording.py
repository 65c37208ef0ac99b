# The recording: what each test does, made once per environment and kept by the driver as one JSON document.
import bisect
from array import array

from . import bits

VERSION = 4


class Recording:
    """Reads the document; tests are numbered as in `tests`."""

    def __init__(self, document):
        self.document = document
        self.tests = document["tests"]
        self.ids = [test["id"] for test in self.tests]
        self.index = {test: index for index, test in enumerate(self.ids)}
        self.status = {test["id"]: test["status"] for test in self.tests}
        self.sets = [int(text, 16) for text in document["sets"]]
        self.coverage = {
            path: {
                place: {int(line): number for line, number in lines.items()}
                for place, lines in places.items()
            }
            for path, places in document["coverage"].items()
        }
        self.imports = document["imports"]
        self.modules = set(document["modules"])
        self.test_modules = set(document["testModules"])
        self.graph = document["graph"]
        self.reads_at_import = set(document["readsAtImport"])
        self.always = bits.set_of(i for i, t in enumerate(self.tests) if t.get("always"))
        readers = {}
        for number, test in enumerate(self.tests):
            for path in test.get("reads", ()):
                readers.setdefault(path, []).append(number)
        self._readers = {path: bits.set_of(numbers) for path, numbers in readers.items()}
        self._closures = self._near = None
        self._ordered = {}
        self._dependent = [
            (number, self._before_in_file(number))
            for number, test in enumerate(self.tests)
            if "isolated" in test
        ]
        shared = document["shared"]
        self.changing = {key for key, entry in shared.items() if entry["changes"]}
        self._sharing = [bits.set_of(shared[key]["tests"]) for key in self.changing]
        self.shares = bits.set_of(number for entry in shared.values() for number in entry["tests"])

    def _before_in_file(self, number):
        file = self.tests[number]["file"]
        return bits.set_of(i for i in range(number) if self.tests[i]["file"] == file)

    def with_companions(self, tests):
        """
        The set, and the tests without which its results mean nothing or which it may disturb: those that
        depend on their order, with everything before them in their files, and those that share an object
        that tests are known to change.
        """
        while True:
            wider = tests
            for number, before in self._dependent:
                if wider & (before | 1 << number):
                    wider |= before | 1 << number
            for users in self._sharing:
                if wider & users:
                    wider |= users
            if wider == tests:
                return tests
            tests = wider

    def expected_residue(self, numbers):
        """What these tests are known to leave behind in memory."""
        found = set()
        for number in numbers:
            found.update(self.tests[number].get("residue", ()))
        return found

    def reading(self, path):
        return self._readers.get(path, 0)

    def covering_lines(self, path, spans, bodies):
        """Tests that ran a line of the spans in code of functions; `bodies` are the places of all other code."""
        found = 0
        for number in self._in_spans("coverage", path, spans, bodies):
            found |= self.sets[number]
        return found

    def _in_spans(self, kind, path, spans, bodies):
        """What is known of the lines of these spans."""
        key = kind, path, bodies
        if key not in self._ordered:
            known = getattr(self, kind).get(path, {}).items()
            entries = [entry for place, lines in known if place not in bodies for entry in entries_of(lines)]
            entries.sort()
            self._ordered[key] = [line for line, _ in entries], [value for _, value in entries]
        lines, values = self._ordered[key]
        return {
            value
            for first, last in spans
            for value in values[bisect.bisect_left(lines, first) : bisect.bisect_right(lines, last)]
        }

    def entering(self, path, places):
        found, known = 0, self.coverage.get(path, {})
        for place in places:
            for number in set(known.get(place, {}).values()):
                found |= self.sets[number]
        return found

    def places_at(self, path, first_lines, bodies):
        """Places of functions that begin at these lines, also of copies that were given other names."""
        known = set(self.coverage.get(path, {})) | set(self.imports.get(path, {}))
        return [
            place
            for place in known
            if int(place.partition(":")[0]) in first_lines and place not in bodies
        ]

    def loading(self, path):
        """Tests that load the file themselves: late, again, or in a program they start."""
        places = [place for place in self.coverage.get(path, {}) if place.endswith(":<module>")]
        return self.entering(path, places)

    def touching(self, path):
        """Tests that run any code of the file after import."""
        return self.entering(path, self.coverage.get(path, {}))

    def ran_at_import(self, path, spans, bodies):
        """Whether a line of the spans runs in a function while the suite is imported and collected."""
        return bool(self._in_spans("imports", path, spans, bodies))

    def entered_at_import(self, path, places):
        known = self.imports.get(path, {})
        return any(place in known for place in places)

    def files_reaching(self, path):
        """Test files whose imports lead to the file, directly or not."""
        if self._closures is None:
            self._closures = closures(self.graph, self.modules, sorted({t["file"] for t in self.tests}))
        return {file for file, reached in self._closures.items() if path in reached}

    def tests_named(self, file, functions):
        """Tests that these functions of a test file are; when one is no test itself, all that can call it."""
        by_name = {}
        for number, test in enumerate(self.tests):
            if test["file"] == file:
                by_name.setdefault(test["id"].partition("[")[0], []).append(number)
        found = set()
        for function in functions:
            mine = by_name.get("%s::%s" % (file, function.replace(".", "::")))
            if mine is None:
                near = self.near_test_files().get(file)
                return bits.set_of(range(len(self.tests)) if near is None else map(self.index.get, near))
            found.update(mine)
        return bits.set_of(found)

    def near_test_files(self):
        """
        {test file: tests that can see what it holds}: its own and those of test files that import it or that it
        imports, directly or by way of others. Without files that anything else imports.
        """
        if self._near is None:
            files, near = sorted({test["file"] for test in self.tests}), {}
            everything = {file: set(self.graph.get(file, ())) for file in set(self.graph) | set(files)}
            used_elsewhere = {
                target for file, targets in everything.items() if file not in files for target in targets
            }
            for file in files:
                together, todo = set(), [file]
                while todo:
                    one = todo.pop()
                    if one not in together:
                        together.add(one)
                        todo.extend(t for t in everything[one] if t in files)
                        todo.extend(other for other in files if one in everything[other])
                if not together & used_elsewhere:
                    near[file] = [test["id"] for test in self.tests if test["file"] in together]
            self._near = near
        return self._near


def closures(graph, modules, test_files):
    """{test file: every file its import leads to}. What no test file leads to counts for all of them."""
    result, seen_by_any = {}, set()
    conftests = [file for file in modules if file.rpartition("/")[2] == "conftest.py"]
    for file in test_files:
        folder = file.rpartition("/")[0]
        above = [c for c in conftests if in_folder(folder, c.rpartition("/")[0])]
        todo, reached = [file] + above, set()
        while todo:
            current = todo.pop()
            if current not in reached:
                reached.add(current)
                todo.extend(graph.get(current, ()))
        result[file] = reached
        seen_by_any |= reached
    stray = modules - seen_by_any
    todo = list(stray)
    while todo:
        for target in graph.get(todo.pop(), ()):
            if target not in stray:
                stray.add(target)
                todo.append(target)
    for reached in result.values():
        reached |= stray
    return result


def entries_of(lines):
    """(line, what is known of it) of a mapping, or of lines alone."""
    return lines.items() if isinstance(lines, dict) else ((line, True) for line in lines)


def in_folder(folder, above):
    return above == "" or folder == above or folder.startswith(above + "/")


class Coverage:
    """Gathers which tests run which lines, and packs equal sets of tests once."""

    def __init__(self):
        self.files = {}

    def add(self, test, lines):
        for path, places in lines.items():
            file = self.files.setdefault(path, {})
            for place, numbers in places.items():
                known = file.setdefault(place, {})
                for line in numbers:
                    known.setdefault(line, array("L")).append(test)

    def pack(self):
        sets, numbers, packed = [], {}, {}
        for path, places in self.files.items():
            packed[path] = {}
            for place, lines in places.items():
                packed[path][place] = {}
                for line, users in lines.items():
                    tests = bits.set_of(users)
                    if tests not in numbers:
                        numbers[tests] = len(sets)
                        sets.append("%x" % tests)
                    packed[path][place][str(line)] = numbers[tests]
        return packed, sets
