import unittest
from datetime import date

from ledgerline.recurrence import Daily, Monthly, Recurrence, Weekly


def iso(days):
    return [day.isoformat() for day in days]


class DailyTest(unittest.TestCase):
    def test_steps(self):
        self.assertEqual(iso(Daily(date(2026, 2, 27), every=2).take(3)), ["2026-02-27", "2026-03-01", "2026-03-03"])

    def test_workdays_only(self):
        days = Daily(date(2026, 1, 2), workdays=True)
        self.assertEqual(iso(days.take(3)), ["2026-01-02", "2026-01-05", "2026-01-06"])

    def test_until_is_included(self):
        days = Daily(date(2026, 1, 1), until=date(2026, 1, 3))
        self.assertEqual(len(list(days)), 3)

    def test_skips_holidays(self):
        days = Daily(date(2026, 1, 1), until=date(2026, 1, 3), skip=[date(2026, 1, 2)])
        self.assertEqual(iso(days), ["2026-01-01", "2026-01-03"])


class WeeklyTest(unittest.TestCase):
    def test_same_weekday_by_default(self):
        self.assertEqual(iso(Weekly(date(2026, 1, 7)).take(2)), ["2026-01-07", "2026-01-14"])

    def test_several_weekdays_from_the_start_on(self):
        days = Weekly(date(2026, 1, 7), on=("fri", "mon"))
        self.assertEqual(iso(days.take(3)), ["2026-01-09", "2026-01-12", "2026-01-16"])

    def test_every_other_week(self):
        days = Weekly(date(2026, 1, 5), every=2, on=("mon", "tue"))
        self.assertEqual(iso(days.take(4)), ["2026-01-05", "2026-01-06", "2026-01-19", "2026-01-20"])

    def test_unknown_weekday(self):
        with self.assertRaisesRegex(ValueError, "someday"):
            Weekly(date(2026, 1, 5), on=("mon", "someday"))


class MonthlyTest(unittest.TestCase):
    def test_short_months_use_their_last_day(self):
        days = Monthly(date(2027, 12, 31)).take(4)
        self.assertEqual(iso(days), ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"])

    def test_last_day(self):
        days = Monthly(date(2026, 2, 1), day=-1).take(3)
        self.assertEqual(iso(days), ["2026-02-28", "2026-03-31", "2026-04-30"])

    def test_day_before_the_start_waits_a_month(self):
        self.assertEqual(iso(Monthly(date(2026, 1, 20), day=5).take(2)), ["2026-02-05", "2026-03-05"])

    def test_ends_with_the_last_year(self):
        self.assertEqual(iso(Monthly(date(2199, 11, 30)).take(5)), ["2199-11-30", "2199-12-30"])

    def test_every_quarter_over_the_year(self):
        days = Monthly(date(2026, 8, 15), every=3).take(3)
        self.assertEqual(iso(days), ["2026-08-15", "2026-11-15", "2027-02-15"])

    def test_rejects_days_that_do_not_exist(self):
        for day in (0, 32, -2):
            with self.subTest(day=day), self.assertRaises(ValueError):
                Monthly(date(2026, 1, 1), day=day)


class QueryTest(unittest.TestCase):
    def test_between_includes_both_ends(self):
        days = Daily(date(2026, 1, 1)).between(date(2026, 1, 3), date(2026, 1, 5))
        self.assertEqual(iso(days), ["2026-01-03", "2026-01-04", "2026-01-05"])

    def test_after(self):
        days = Weekly(date(2026, 1, 5), until=date(2026, 1, 12))
        self.assertEqual(days.after(date(2026, 1, 5)), date(2026, 1, 12))
        self.assertIsNone(days.after(date(2026, 1, 12)))

    def test_describe(self):
        self.assertEqual(Daily(date(2026, 1, 1)).describe(), "every day")
        self.assertEqual(
            Weekly(date(2026, 1, 5), every=2, until=date(2026, 6, 1), on=("tue", "mon")).describe(),
            "every 2 weeks until 2026-06-01 on mon, tue",
        )

    def test_rejects_senseless_ranges(self):
        with self.assertRaises(ValueError):
            Daily(date(2026, 1, 1), every=0)
        with self.assertRaises(ValueError):
            Daily(date(2026, 1, 2), until=date(2026, 1, 1))
        with self.assertRaises(NotImplementedError):
            Recurrence(date(2026, 1, 1)).take(1)
