import unittest

from ledgerline.cache import Cache


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class CacheTest(unittest.TestCase):
    def setUp(self):
        self.clock = Clock()

    def test_least_recently_used_goes_first(self):
        cache = Cache(2)
        cache.put("a", 1)
        cache.put("b", 2)
        cache.get("a")
        self.assertEqual(cache.put("c", 3), ["b"])
        self.assertIn("a", cache)
        self.assertNotIn("b", cache)

    def test_replacing_evicts_nothing_and_refreshes(self):
        cache = Cache(2)
        cache.put("a", 1)
        cache.put("b", 2)
        self.assertEqual(cache.put("a", 10), [])
        self.assertEqual(cache.put("c", 3), ["b"])
        self.assertEqual(cache.get("a"), 10)

    def test_entries_grow_stale(self):
        cache = Cache(5, lifetime=10, clock=self.clock)
        cache.put("a", 1)
        self.clock.now = 9.9
        self.assertEqual(cache.get("a"), 1)
        self.clock.now = 10.0
        self.assertNotIn("a", cache)
        self.assertEqual(cache.get("a", "gone"), "gone")
        self.assertEqual(len(cache), 0)

    def test_stale_entries_make_room_before_fresh_ones(self):
        cache = Cache(2, lifetime=10, clock=self.clock)
        cache.put("old", 1)
        self.clock.now = 5
        cache.put("new", 2)
        cache.get("old")
        self.clock.now = 12
        self.assertEqual(cache.put("next", 3), [])
        self.assertEqual(cache.get("new"), 2)
        self.assertEqual(len(cache), 2)

    def test_remember_computes_once(self):
        calls = []
        cache = Cache(2)
        for _ in range(3):
            self.assertIsNone(cache.remember("k", lambda: calls.append(1)))
        self.assertEqual(calls, [1])

    def test_remember_does_not_keep_errors(self):
        cache = Cache(2)
        with self.assertRaises(ZeroDivisionError):
            cache.remember("k", lambda: 1 // 0)
        self.assertEqual(cache.remember("k", lambda: 7), 7)

    def test_counts_hits(self):
        cache = Cache(2)
        self.assertEqual(cache.hit_rate, 0.0)
        cache.put("a", 1)
        cache.get("a")
        cache.get("a")
        cache.get("a")
        cache.get("b")
        self.assertEqual((cache.hits, cache.misses, cache.hit_rate), (3, 1, 0.75))

    def test_needs_room(self):
        with self.assertRaises(ValueError):
            Cache(0)
        self.assertEqual(Cache(1).put("a", 1), [])
