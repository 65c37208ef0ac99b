# Watches objects that several tests share by design: values of fixtures wider than one test, attributes that a class sets up.
from .probe import Picture

MOST_OBJECTS = 4000


class SharedState:
    """Names the shared objects that tests changed. The host says what each test shares."""

    def __init__(self, shared_by, resolve):
        # shared_by(test id) gives [(key, object)] of what exists now.
        self._shared_by, self._resolve = shared_by, resolve
        self._pictures = {}
        self.changed = set()

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

    def set_up(self, key, value):
        """A shared object was just made; nobody changed it yet."""
        self._pictures[key] = (value, Picture([value], self._resolve, MOST_OBJECTS))

    def after(self, test_id):
        for key, value in self._shared_by(test_id):
            known = self._pictures.get(key)
            if known is not None and known[0] is value:
                if known[1].differs():
                    self.changed.add(key)
                else:
                    continue
            self.set_up(key, value)
        return {}
