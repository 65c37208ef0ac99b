"""Waits for many descriptors at once and calls whoever asked."""
import selectors


class Loop:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.paused = {}

    def watch(self, descriptor, call):
        self.selector.register(descriptor, selectors.EVENT_READ, call)

    def forget(self, descriptor):
        self.paused.pop(descriptor, None)
        try:
            self.selector.unregister(descriptor)
        except (KeyError, ValueError):
            pass  # Forgotten before.

    def pause(self, descriptor):
        try:
            self.paused[descriptor] = self.selector.unregister(descriptor).data
        except KeyError:
            pass  # Paused before.

    def resume(self, descriptor):
        call = self.paused.pop(descriptor, None)
        if call is not None:
            self.watch(descriptor, call)

    def watch_writing(self, descriptor, call):
        if descriptor not in self.selector.get_map():
            self.selector.register(descriptor, selectors.EVENT_WRITE, call)

    forget_writing = forget

    def want_room(self, descriptor, wanted):
        """Also calls whoever watches `descriptor` once it takes more."""
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if wanted else 0)
        key = self.selector.get_key(descriptor)
        if key.events != events:
            self.selector.modify(descriptor, events, key.data)

    def run_once(self, seconds):
        for key, _ in self.selector.select(seconds):
            key.data()
