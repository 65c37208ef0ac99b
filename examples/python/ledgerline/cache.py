"""A small cache that forgets the least recently used entries and the stale ones."""

import time
from collections import OrderedDict


class Cache:
    """At most ``capacity`` entries, each for ``lifetime`` seconds (None: for ever)."""

    def __init__(self, capacity, lifetime=None, clock=time.monotonic):
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self.capacity = capacity
        self.lifetime = lifetime
        self.hits = 0
        self.misses = 0
        self._clock = clock
        self._entries = OrderedDict()

    def __len__(self):
        self._drop_stale()
        return len(self._entries)

    def __contains__(self, key):
        entry = self._entries.get(key)
        return entry is not None and not self._is_stale(entry)

    def _is_stale(self, entry):
        return self.lifetime is not None and self._clock() - entry[1] >= self.lifetime

    def _drop_stale(self):
        stale = [key for key, entry in self._entries.items() if self._is_stale(entry)]
        for key in stale:
            del self._entries[key]
        return len(stale)

    def get(self, key, default=None):
        """The value, which becomes the most recently used; or the default."""
        entry = self._entries.get(key)
        if entry is None or self._is_stale(entry):
            self._entries.pop(key, None)
            self.misses += 1
            return default
        self._entries.move_to_end(key)
        self.hits += 1
        return entry[0]

    def put(self, key, value):
        """Stores a value; returns the keys that had to go."""
        evicted = []
        if key in self._entries:
            del self._entries[key]
        elif len(self._entries) >= self.capacity:
            self._drop_stale()
        while len(self._entries) >= self.capacity:
            oldest, _ = self._entries.popitem(last=False)
            evicted.append(oldest)
        self._entries[key] = (value, self._clock())
        return evicted

    def remember(self, key, compute):
        """The cached value, or the computed one, which is then kept. Errors are not kept."""
        missing = object()
        value = self.get(key, missing)
        if value is missing:
            value = compute()
            self.put(key, value)
        return value

    @property
    def hit_rate(self):
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0
