# Watches objects that several tests share by design: values of fixtures wider than one test, attributes that a class sets up.
from .probe import Picture

MOST_OBJECTS = 4000


class SharedState:
    """Names the shared objects that tests changed. The host says what each test shares."""

    def __init__(self, shared_by, own):
        # shared_by(test id) gives [(key, object)] of what exists now; `own`: the repository's modules.
        self._shared_by, self._own = shared_by, own
        self._pictures = {}
        # {key: the objects of that name since the first of them was changed}
        self.changed = {}

    def before(self, test_id):
        for key, value in self._shared_by(test_id):
            if key not in self._pictures:
                self.set_up(key, value)

    def users(self, keys_by_test):
        """{key: tests that may see the object} of every object that was shared."""
        found = {}
        for test_id, keys in keys_by_test:
            for key in keys:
                if key in self._pictures:
                    found.setdefault(key, []).append(test_id)
        return found

    def changed_values(self):
        return [value for values in self.changed.values() for value in values]

    def set_up(self, key, value):
        """A shared object was just made; nobody changed it yet."""
        if key in self.changed:
            self.changed[key].append(value)
        else:
            self._pictures[key] = (value, Picture([value], self._own, MOST_OBJECTS))

    def after(self, test_id):
        for key, value in self._shared_by(test_id):
            known = self._pictures.get(key)
            if key in self.changed:
                # More is not asked; it may be changed as well.
                self.changed[key].append(value)
            elif known is None or known[0] is not value:
                self.set_up(key, value)
            elif known[1].differs():
                self.changed[key] = [value]
        return {}
