# The context of `decimal`: arithmetic changes it in place, where identity shows nothing.
import sys

SETTINGS = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp")


def context():
    """None when `decimal` is not loaded. Asked once, a context exists ever after."""
    decimal = sys.modules.get("decimal")
    return None if decimal is None else decimal.getcontext()


def settings():
    """What decides how numbers are calculated. Not the flags: every inexact result leaves one."""
    known = context()
    return known and [[getattr(known, name) for name in SETTINGS], dict(known.traps)]


def everything():
    known = context()
    return known and (settings(), dict(known.flags))


def put_back(before):
    known = context()
    if known is None or before is None:
        return
    (values, traps), flags = before
    for name, value in zip(SETTINGS, values):
        setattr(known, name, value)
    known.traps, known.flags = traps, flags
