# Finds out whether a re-import can do with fewer tests: knows what importing leaves in memory where nothing is changed.
import time

from . import bits
from .imprint import differing, stand_ins_for
from .wire import send_order

# Seconds after which even the time in whole seconds is another.
UNLIKE = 1.1
# Share of names that may hold something else in every process, e.g. the time.
MOST_RESTLESS = 0.05


class Narrowing:
    """For one emptier parent, which takes the imprints and keeps them for its forks."""

    def __init__(self, parent, recording, least, limits):
        self._parent, self._recording = parent, recording
        # CPU milliseconds of tests for which it is worth asking, and what a look at an imprint takes.
        self._least, self._look = least, 0.0
        self._limits = limits
        # By the files that are imported: (number of the imprint, what differs by itself), or None.
        self._known = {}

    def prepare(self, plan, numbers):
        """
        Keeps `plan.narrow` where it may spare enough of these tests, and sees to it that the parent has the imprint;
        the CPU milliseconds that it took.
        """
        few = set(bits.indexes_of(plan.narrow.tests))
        saved = sum(self._recording.tests[one]["cpuMs"] for one in numbers if one not in few)
        if not self._parent.alive or saved < (self._least and max(self._least, 2 * self._look)):
            plan.narrow = None
            return 0.0
        files, spent = frozenset(plan.files), 0.0
        if files not in self._known:
            self._known[files], spent = self._take(files)
        if self._known[files] is None:
            plan.narrow = None
        return spent

    def order(self, plan):
        """What a fork has to know about a prepared plan."""
        number, restless = self._known[frozenset(plan.files)]
        return {
            "tests": [
                test
                for one, test in enumerate(self._recording.ids)
                # Of tests whose parameters are never the same, nothing is known.
                if plan.narrow.tests >> one & 1 or test.partition("[")[0] in restless
            ],
            "files": number,
            "except": sorted(restless.union(plan.narrow.besides)),
            "standIns": stand_ins_for(plan.narrow.swaps),
            "near": self._recording.near_test_files(),
        }

    def _take(self, files):
        looks, spent = [], 0.0
        order = {"files": sorted(files), "tests": [], "hub": None, "all": False, "look": True}
        for later in (0.0, UNLIKE):
            # Names and parameters may hold the time.
            time.sleep(later)
            outcome = self._parent.order(order, self._limits())
            spent += outcome["exit"]["cpuMs"]
            if outcome["event"] != "looked" or outcome["imprint"] is None:
                return None, spent
            looks.append(outcome["imprint"])
            self._look = outcome["lookMs"]
        restless = differing(*looks)
        if len(restless) > MOST_RESTLESS * len(looks[0]):
            return None, spent
        number = len(self._known)
        send_order(self._parent._orders, {"expected": {}, "late": [], "imprints": {number: looks[0]}})
        return (number, restless), spent
