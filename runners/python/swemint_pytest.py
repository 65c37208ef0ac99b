# Runs pytest with the repository's own configuration, minus what makes runs differ, and reports per test.
import importlib.util
import os
import re
import shutil
import sys
import tempfile

# Options of plug-ins that measure, distribute or lint. Configurations name them even where the
# plug-in is not installed; the tests do not need them, so they are accepted and ignored.
IGNORED_OPTIONS = {
    "pytest_cov": (
        (
            "--cov",
            "--cov-report",
            "--cov-config",
            "--cov-fail-under",
            "--cov-context",
            "--cov-precision",
        ),
        ("--no-cov", "--cov-append", "--cov-branch", "--no-cov-on-fail", "--cov-reset"),
    ),
    "xdist": (
        ("-n", "--numprocesses", "--maxprocesses", "--max-worker-restart", "--dist", "--tx"),
        ("-d", "--looponfail"),
    ),
    "pytest_timeout": (("--timeout", "--timeout-method"), ("--timeout-disable-debugger-detection",)),
    "pytest_randomly": (("--randomly-seed",), ("--randomly-dont-reorganize",)),
    "pytest_rerunfailures": (("--reruns", "--reruns-delay", "--only-rerun"), ()),
    "pytest_instafail": ((), ("--instafail",)),
    "pytest_flake8": ((), ("--flake8",)),
    "pytest_black": ((), ("--black",)),
    "pytest_isort": ((), ("--isort",)),
    "pytest_mypy": ((), ("--mypy", "--mypy-ignore-missing-imports")),
    "pytest_ruff": ((), ("--ruff", "--ruff-format")),
    "pytest_mypy_plugins": (("--mypy-ini-file", "--mypy-only-local-stub"), ()),
    "pytest_html": (("--html",), ("--self-contained-html",)),
    "pytest_benchmark": (
        ("--benchmark-columns", "--benchmark-sort", "--benchmark-group-by", "--benchmark-storage"),
        ("--benchmark-disable", "--benchmark-skip", "--benchmark-autosave", "--benchmark-enable"),
    ),
}

# An exception in a destructor fails whichever test runs when the garbage collector comes by: a matter of chance.
STEADY_OPTIONS = ["-p", "no:unraisableexception"]

# Rich tracebacks are slow to make; a mutant that breaks everything needs only a few of them.
RICH_TRACEBACKS = 10


def neutralise(option):
    """Turns off what makes a run stop early, depend on the last one, or run in another order."""
    replacements = {
        "maxfail": 0,
        "continue_on_collection_errors": True,
        "usepdb": False,
        "trace": False,
        "lf": False,
        "failedfirst": False,
        "newfirst": False,
        "stepwise": False,
        "stepwise_skip": False,
        "numprocesses": None,
        "dist": "no",
        "tx": [],
        "distload": False,
        "looponfail": False,
        "reruns": 0,
        "randomly_seed": 24,
        "randomly_reorganize": False,
        "random_order": False,
        "random_order_bucket": "none",
        "color": "no",
    }
    for name, value in replacements.items():
        if hasattr(option, name):
            setattr(option, name, value)


def failure_kind(error, phase, pytest):
    if isinstance(error, pytest.fail.Exception):
        if re.match(r"Timeout \(?>", str(error)):
            return "timeout"
        return "assertion" if phase == "call" else "error"
    if phase != "call":
        return "error"
    if isinstance(error, AssertionError):
        return "assertion"
    members = getattr(error, "exceptions", None)
    if members and isinstance(members, (list, tuple)):
        kinds = {failure_kind(member, phase, pytest) for member in members}
        return "assertion" if kinds == {"assertion"} else "error"
    return "error"


class ReportPlugin:
    """The pytest plug-in: selects tests and writes one line per test."""

    def __init__(self, report, paths, tests=None):
        import pytest

        self.pytest = pytest
        self.report, self.paths, self.tests = report, paths, tests
        self.names = {}
        self.current = None
        self.failures = 0
        self.cache_folder = None
        self.config = None
        self.finished = False

    # ---- configuration -------------------------------------------------------------------------

    def pytest_addoption(self, parser):
        group = parser.getgroup("swemint")
        for module, (with_value, flags) in IGNORED_OPTIONS.items():
            if importlib.util.find_spec(module) is not None:
                continue
            for name in with_value:
                arity = {"nargs": "?", "const": ""} if name == "--cov" else {}
                group._addoption(name, action="append", dest="swemint_ignored", **arity)
            for name in flags:
                group._addoption(name, action="store_true", dest="swemint_ignored_flag")

    def pytest_load_initial_conftests(self, early_config):
        known = early_config.known_args_namespace
        if hasattr(known, "cov_source"):
            known.cov_source = []
            known.no_cov = True
        outcome = yield
        error = outcome.excinfo[1] if outcome.excinfo else None
        path = getattr(error, "path", None)
        if path is not None:
            self.report.collection_error(self.paths.relative(path), describe(error))
            self.finished = True

    def pytest_cmdline_main(self, config):
        self.config = config
        neutralise(config.option)
        values = getattr(config, "_inicache", None)
        if isinstance(values, dict):
            self.cache_folder = tempfile.mkdtemp(prefix="swemint-pytest-cache-")
            values["cache_dir"] = self.cache_folder
        yield

    # ---- collection ----------------------------------------------------------------------------

    def name_of(self, item):
        """(id, file) of an item: its node id, made relative to the repository."""
        path = getattr(item, "path", None) or getattr(item, "fspath", None)
        head, separator, rest = item.nodeid.partition("::")
        file = self.paths.relative(path if path is not None else head)
        return file + separator + rest, file

    def pytest_collectreport(self, report):
        if not report.failed:
            return
        head = report.nodeid.partition("::")[0]
        path = os.path.join(str(self.config.rootdir), head) if self.config else head
        self.report.collection_error(self.paths.relative(path), str(report.longrepr))

    def pytest_collection_modifyitems(self, config, items):
        if self.tests is None:
            return
        kept = [item for item in items if self.name_of(item)[0] in self.tests]
        if len(kept) != len(items):
            wanted = set(map(id, kept))
            config.hook.pytest_deselected(items=[item for item in items if id(item) not in wanted])
            items[:] = kept

    # ---- running -------------------------------------------------------------------------------

    def pytest_runtest_protocol(self, item):
        test_id, file = self.name_of(item)
        self.current = {"id": test_id, "file": file, "status": None, "ms": 0.0}
        self.report.test_start(test_id)
        yield

    def pytest_runtest_makereport(self, item, call):
        before = self.report.describing()
        outcome = yield
        self.report.leave_out(before)
        report = outcome.get_result()
        if call.excinfo is not None:
            report.swemint_kind = failure_kind(call.excinfo.value, report.when, self.pytest)

    def pytest_runtest_logreport(self, report):
        test = self.current
        if test is None:
            return
        test["ms"] += getattr(report, "duration", 0.0) * 1000
        if report.outcome == "rerun":
            test["status"] = None
            return
        expected = hasattr(report, "wasxfail")
        if report.failed:
            self.failures += 1
            if self.failures == RICH_TRACEBACKS and self.config is not None:
                self.config.option.tbstyle = "native"
            if test["status"] != "failed":
                # Without an exception it is an unexpected success: the test's own claim is wrong.
                test["kind"] = getattr(report, "swemint_kind", None) or "assertion"
                test["message"] = str(report.longrepr)
            test["status"] = "failed"
        elif test["status"] == "failed":
            return
        elif report.skipped:
            test["status"] = "passed" if expected else "skipped"
        elif report.when == "call":
            test["status"] = "passed"

    def pytest_runtest_logfinish(self):
        test, self.current = self.current, None
        if test is None:
            return
        self.report.test(
            test["id"],
            test["file"],
            test["status"] or "failed",
            test.get("kind"),
            test["ms"],
            test.get("message"),
        )

    def pytest_sessionfinish(self, exitstatus):
        # 2 and 3 (interrupted, internal error) leave the report without its end.
        self.finished = int(exitstatus) in (0, 1, 5)


def declare_hooks(pytest):
    """Marks hooks here and not by decorators, so that this file loads without pytest."""
    wrappers = (
        "pytest_load_initial_conftests",
        "pytest_cmdline_main",
        "pytest_runtest_protocol",
        "pytest_runtest_makereport",
    )
    for name in wrappers:
        mark = pytest.hookimpl(hookwrapper=True, tryfirst=name != "pytest_runtest_makereport")
        setattr(ReportPlugin, name, mark(getattr(ReportPlugin, name)))
    name = "pytest_collection_modifyitems"
    setattr(ReportPlugin, name, pytest.hookimpl(trylast=True)(getattr(ReportPlugin, name)))


def describe(error):
    """The error and where it came from, innermost cause last."""
    import traceback

    cause = getattr(error, "cause", None) or error.__cause__ or error
    excinfo = getattr(error, "excinfo", None)
    if isinstance(excinfo, tuple):
        cause = excinfo[1]
    return "".join(traceback.format_exception(type(cause), cause, cause.__traceback__))


def main(arguments):
    from swemint_report import take_environment

    report, paths, tests = take_environment()
    # As `python -m pytest`: the working folder is importable, the runner's own folder is not.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.getcwd()] + [entry for entry in sys.path if entry and os.path.abspath(entry) != here]
    import pytest

    declare_hooks(pytest)
    plugin = ReportPlugin(report, paths, tests)
    report.start("pytest", pytest.__version__)
    try:
        code = int(pytest.main(STEADY_OPTIONS + arguments, plugins=[plugin]))
    finally:
        if plugin.cache_folder is not None:
            shutil.rmtree(plugin.cache_folder, ignore_errors=True)
    if plugin.finished:
        report.end(code)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
