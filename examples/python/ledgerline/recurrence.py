"""Dates that come again: every other Friday, the last day of each month."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import islice

#: Rules without an end stop here, so that looking for a date that never comes ends too.
LAST_YEAR = 2199

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Recurrence:
    """A start, a step of ``every`` units and an optional last date."""

    unit = None

    def __init__(self, start, every=1, until=None, skip=()):
        if every < 1:
            raise ValueError("every must be at least 1")
        if until is not None and until < start:
            raise ValueError("until lies before start")
        self.start = start
        self.every = every
        self.until = until
        self.skip = frozenset(skip)

    def _dates(self):
        raise NotImplementedError

    def __iter__(self):
        for day in self._dates():
            if self.until is not None and day > self.until:
                return
            if day not in self.skip:
                yield day

    def between(self, first, last):
        """Occurrences from first to last, both included."""
        found = []
        for day in self:
            if day > last:
                break
            if day >= first:
                found.append(day)
        return found

    def after(self, day):
        """The next occurrence later than a day, or None."""
        for candidate in self:
            if candidate > day:
                return candidate
        return None

    def take(self, count):
        return list(islice(self, count))

    def describe(self):
        words = "every {}".format(self.unit)
        if self.every > 1:
            words = "every {} {}s".format(self.every, self.unit)
        if self.until is not None:
            words += " until {}".format(self.until.isoformat())
        return words


class Daily(Recurrence):
    unit = "day"

    def __init__(self, start, every=1, until=None, skip=(), workdays=False):
        super().__init__(start, every, until, skip)
        self.workdays = workdays

    def _dates(self):
        day = self.start
        while day.year <= LAST_YEAR:
            if not self.workdays or day.weekday() < 5:
                yield day
            day += timedelta(days=self.every)


class Weekly(Recurrence):
    unit = "week"

    def __init__(self, start, every=1, until=None, skip=(), on=()):
        super().__init__(start, every, until, skip)
        unknown = [name for name in on if name not in WEEKDAYS]
        if unknown:
            raise ValueError("not a weekday: {}".format(", ".join(unknown)))
        self.on = sorted(WEEKDAYS.index(name) for name in on) or [start.weekday()]

    def _dates(self):
        monday = self.start - timedelta(days=self.start.weekday())
        while monday.year <= LAST_YEAR:
            for weekday in self.on:
                day = monday + timedelta(days=weekday)
                if day >= self.start:
                    yield day
            monday += timedelta(weeks=self.every)

    def describe(self):
        names = [WEEKDAYS[weekday] for weekday in self.on]
        return "{} on {}".format(super().describe(), ", ".join(names))


class Monthly(Recurrence):
    """On a day of the month; 29 to 31 fall on the last day of shorter months, -1 always does."""

    unit = "month"

    def __init__(self, start, every=1, until=None, skip=(), day=None):
        super().__init__(start, every, until, skip)
        self.day = start.day if day is None else day
        if self.day != -1 and not 1 <= self.day <= 31:
            raise ValueError("not a day of a month: {}".format(self.day))

    def _dates(self):
        year, month = self.start.year, self.start.month
        while year <= LAST_YEAR:
            length = monthrange(year, month)[1]
            number = length if self.day == -1 else min(self.day, length)
            day = date(year, month, number)
            if day >= self.start:
                yield day
            carry, index = divmod(month - 1 + self.every, 12)
            year += carry
            month = index + 1
