# Makes the recording: the suite plain, traced in order, traced test by test, and through the emptier parent.
from .handle import ParentGone
from .recording import VERSION, Coverage

# So many tests run alone, each by itself; where there are more, some of every parametrised test do.
MOST_ALONE = 4000
EXAMPLES = 3
# After so many tests that do not end while they are traced, the others count as not followed.
MOST_STUCK = 3


def run_all(parent, tests, limits, **order):
    """One child runs these tests; ({test: result}, last words)."""
    results = {}

    def note(batch):
        for result in batch:
            results[result["test"]] = result

    outcome = parent.order(dict(order, tests=tests), limits, note)
    return results, outcome


def run_traced(traced, positions, limits, tell):
    """
    Runs all tests in order in one child, without those that outlast their limit: nobody knows what they would
    have done. ({test: result}, last words).
    """
    stuck = set()
    while True:
        tell("traced", 0, len(positions))
        left = {test: position for test, position in positions.items() if test not in stuck}
        results, outcome = run_all(traced, list(left.values()), limits)
        unseen = [test for test in left if test not in results]
        if outcome["event"] == "done" or not unseen or len(stuck) == MOST_STUCK:
            return results, outcome
        stuck.add(unseen[0])


def make_recording(server, tell):
    """
    The document of `recording.Recording`. Raises `Unrecordable` when the suite cannot be collected.
    `tell(stage, done, total)` reports progress.
    """
    plain, traced = server.collected, server.recorder()
    try:
        ready = traced.open(server.collect_timeout)
        if ready["event"] != "ready":
            raise Unrecordable("The suite cannot be collected under the recorder.", ready.get("errors"))
        return record(server, plain, traced, ready, tell)
    finally:
        traced.close()


def record(server, plain, traced, ready, tell):
    ids, files = plain.ready["tests"], plain.ready["files"]
    everything = list(range(len(ids)))
    tell("plain", 0, len(ids))
    results, outcome = run_all(plain, everything, server.generous(), late=True)
    late = outcome.get("late", [])
    if outcome["event"] != "done":
        raise Unrecordable("The suite does not run to its end.", [outcome.get("reason")])
    tests = []
    for test, file in zip(ids, files):
        result = results.get(test)
        if result is None:
            result = {"status": "failed", "kind": "missing", "cpuMs": 0.0, "wallMs": 0.0}
        tests.append(
            {
                "id": test,
                "file": file,
                "status": result["status"],
                "kind": result.get("kind"),
                "cpuMs": result["cpuMs"],
                "wallMs": result["wallMs"],
            }
        )
    index = {test: number for number, test in enumerate(ids)}
    coverage = Coverage()
    positions = {test: number for number, test in enumerate(ready["tests"])}
    for test in ids:
        if test not in positions:
            # Its name differs from one collection to the next: it can label nothing.
            tests[index[test]]["unstable"] = True

    def note(result):
        number = index.get(result["test"])
        if number is None:
            return
        test = tests[number]
        coverage.add(number, result.get("lines", {}))
        observe(test, result)
        if result["status"] != test["status"] or not result.get("intact", True):
            # Under the tracer it acts differently: what it covers is not known.
            test["always"] = True

    longest = max((test["cpuMs"] for test in tests), default=0.0) / 1000
    results, outcome = run_traced(traced, positions, server.generous(longest), tell)
    for result in results.values():
        note(result)
    shared = {
        key: {"tests": [index[user] for user in users if user in index], "changes": key in outcome["shared"]}
        for key, users in (outcome.get("users") or {}).items()
    }
    for test in tests:
        if test["id"] in positions and test["id"] not in results:
            test["always"] = True
    families = families_of([test for test in positions if test in index])
    done, planned = 0, sum(len(family[:EXAMPLES]) for family in families)
    for family in families:
        todo = family[:EXAMPLES]
        for test in todo:
            if done % 50 == 0:
                tell("isolated", done, max(done, planned))
            done += 1
            number = index[test]
            try:
                results, outcome = run_all(
                    traced, [positions[test]], server.generous(longest), isolated=True, stay=True
                )
            except ParentGone:
                traced.open(server.collect_timeout)
                tests[number]["always"] = True
                continue
            result = results.get(test)
            observe(tests[number], outcome)
            for relative in family:
                # What one reaches or leaves behind only when it runs alone, its relatives may as well.
                coverage.add(index[relative], outcome.get("lines", {}))
                observe(tests[index[relative]], {"residue": outcome.get("residue")})
            if outcome["event"] != "done" or result is None or not outcome.get("intact", True):
                tests[number]["always"] = True
            if result is not None and result["status"] != tests[number]["status"]:
                tests[number]["isolated"] = result["status"]
                # Its relatives must show what they do alone, each for itself.
                todo.extend(family[len(todo) :])
    packed, sets = coverage.pack()
    return {
        "version": VERSION,
        "python": server.python,
        "framework": plain.ready["version"],
        "tests": tests,
        "coverage": packed,
        "sets": sets,
        "imports": ready["imports"],
        "readsAtImport": ready["readsAtImport"],
        "graph": ready["graph"],
        "modules": ready["modules"],
        "testModules": ready["testModules"],
        "preload": ready["foreign"],
        "shared": shared,
        "late": late,
    }


def families_of(tests):
    """Lists of tests that differ in their parameters alone; where tests are few, each is a list of its own."""
    if len(tests) <= MOST_ALONE:
        return [[test] for test in tests]
    families = {}
    for test in tests:
        families.setdefault(test.partition("[")[0], []).append(test)
    return list(families.values())


def observe(test, seen):
    if seen.get("processes"):
        test["processes"] = max(test.get("processes", 0), seen["processes"])
    for key in ("reads", "writes", "residue"):
        if seen.get(key):
            test[key] = sorted(set(test.get(key, [])) | set(seen[key]))


class Unrecordable(Exception):
    def __init__(self, message, errors=None):
        super().__init__(message)
        self.errors = errors or []
