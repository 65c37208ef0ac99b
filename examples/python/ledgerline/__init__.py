"""Plain-text accounting: a journal in, balances out."""

from .cache import Cache
from .expression import ExpressionError, evaluate
from .journal import Journal, JournalError, Posting, Transaction, parse_journal
from .money import CurrencyMismatch, Money, MoneyError
from .rates import NoRate, RateTable
from .recurrence import Daily, Monthly, Recurrence, Weekly
from .report import Budget, Report
from .table import Column, Table

__all__ = [
    "Budget",
    "Cache",
    "Column",
    "CurrencyMismatch",
    "Daily",
    "ExpressionError",
    "Journal",
    "JournalError",
    "Money",
    "MoneyError",
    "Monthly",
    "NoRate",
    "Posting",
    "RateTable",
    "Recurrence",
    "Report",
    "Table",
    "Transaction",
    "Weekly",
    "evaluate",
    "parse_journal",
]

__version__ = "1.2.0"
