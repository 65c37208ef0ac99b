# Collects garbage between two candidates.
import gc
import sys


def collect_quietly():
    """Collects garbage. What its last words complain of is no concern of whichever test comes next."""
    usual = sys.unraisablehook
    sys.unraisablehook = no_complaint
    try:
        gc.collect()
    finally:
        sys.unraisablehook = usual


def no_complaint(_unraisable):
    pass
