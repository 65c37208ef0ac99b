# Runs pytest up to the point where all tests are collected, and then serves: any choice of tests, as often as forked.
import os
import sys

import swemint_pytest
from swemint_report import Paths

from .probe import put_back_container

# As ordinary runs describe failures.
RICH_OPTIONS = ["--tb=short", "--color=no"]


class SummaryOnly:
    """Stands for a traceback: making the real one costs more than most tests, and the screen needs none."""

    def __init__(self, error):
        # Made at once: keeping the error would keep every frame and open file it passed through.
        try:
            text = str(error)
        except BaseException:
            text = "<its message cannot be shown>"
        self.text = "%s: %s" % (type(error).__name__, text)

    def toterminal(self, writer):
        writer.line(self.text)

    def __str__(self):
        return self.text


class Suite:
    """The collected tests of one pytest session."""

    def __init__(self, plugin, session):
        self.plugin, self.session = plugin, session
        self.items = session.items
        names = [plugin.name_of(item) for item in self.items]
        self.ids = [name[0] for name in names]
        self.files = [name[1] for name in names]
        # Sources that only hold examples are code like any other.
        self.test_modules = {file for item, file in zip(self.items, self.files) if not hasattr(item, "dtest")}
        self._index = {test: number for number, test in enumerate(self.ids)}
        # Whether fixtures could not be ended in order.
        self.torn = False
        self.version = "pytest " + plugin.pytest.__version__

    def shared_by(self, test_id):
        """What a test shares with others at this moment: values of fixtures wider than one test."""
        item = self.items[self._index[test_id]]
        found = []
        known = getattr(item, "_fixtureinfo", None)
        for name, definitions in (known.name2fixturedefs if known else {}).items():
            for definition in definitions:
                value = self.plugin.shared.get(id(definition))
                if value is not None:
                    found.append(("%s@%s" % (name, definition.baseid), value))
        return found

    def shared_keys(self):
        """For each test the names of the fixtures wider than one test that it may use."""
        for test_id, item in zip(self.ids, self.items):
            definitions = getattr(item, "_fixtureinfo", None)
            yield test_id, [
                "%s@%s" % (name, definition.baseid)
                for name, known in (definitions.name2fixturedefs if definitions else {}).items()
                for definition in known
                if definition.scope != "function"
            ]

    def watch_shared(self, state):
        self.plugin.on_set_up = state.set_up

    def state_roots(self):
        """Objects that collection made and that tests may share: parameters of parametrised tests."""
        cases = [item.callspec.params for item in self.items if getattr(item, "callspec", None) is not None]
        return [value for parameters in cases for value in parameters.values()]

    def parameters(self):
        """{test without its parameters: what its cases take}: what else than modules tests start from."""
        found = {}
        for item, test_id in zip(self.items, self.ids):
            callspec = getattr(item, "callspec", None)
            cases = found.setdefault(test_id.partition("[")[0], [])
            cases.append((test_id, None if callspec is None else callspec.params))
        return found

    def reset(self):
        """After a run: whether the session is as it was before it."""
        session = self.session
        session.testsfailed = 0
        for name in ("last_exc", "last_type", "last_value", "last_traceback"):
            # They keep the last failure's frames alive, and with them files and threads.
            sys.__dict__.pop(name, None)
        factory = getattr(session.config, "_tmp_path_factory", None)
        if factory is not None:
            # Its folder goes with the other temporary files.
            factory._basetemp = self.basetemp
        for item in self.ran:
            item._report_sections = []
            if getattr(item, "dtest", None) is not None:
                put_back_container(dict, item.dtest.globs, self.example_names[id(item)])
        return not self.torn and not session._setupstate.stack and not self.plugin.shared

    def prepare(self, report):
        """In a fork: forget what other forks printed, and send what happens to `report`."""
        self.plugin.report = report
        config = self.session.config
        self.basetemp = getattr(getattr(config, "_tmp_path_factory", None), "_basetemp", None)
        capture = config.pluginmanager.getplugin("capturemanager")
        streams = getattr(capture, "_global_capturing", None)
        for name in ("in_", "out", "err"):
            file = getattr(getattr(streams, name, None), "tmpfile", None)
            try:
                file.seek(0)
                file.truncate()
            except (AttributeError, OSError, ValueError):
                continue
        terminal = config.pluginmanager.getplugin("terminalreporter")
        for name in ("pytest_runtest_logstart", "pytest_runtest_logreport", "pytest_runtest_logfinish"):
            try:
                # It would keep every report, and print to nobody.
                getattr(config.hook, name)._remove_plugin(terminal)
            except (AttributeError, ValueError):
                continue

    def run(self, indexes, stopped):
        """Runs the tests with these indexes in this order, fixtures torn down as late as pytest does."""
        items = self.ran = [self.items[index] for index in indexes]
        examples = [item for item in items if getattr(item, "dtest", None) is not None]
        self.example_names = {id(item): dict(item.dtest.globs) for item in examples}
        session = self.session
        for position, item in enumerate(items):
            following = items[position + 1] if position + 1 < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail or session.shouldstop:
                session.shouldfail = session.shouldstop = False
                raise SessionStopped
            if stopped():
                self.tear_down()
                return

    def tear_down(self):
        """After a run that was stopped before its last test: ends the fixtures that were kept for the others."""
        try:
            self.session._setupstate.teardown_exact(None)
        except Exception:
            # What a fixture says at its end is no test's result any more; before pytest 7 this is asked otherwise.
            self.torn = True


class SessionStopped(BaseException):
    """The session asked to end before all tests ran; what the others would say is unknown."""


class WarmPlugin(swemint_pytest.ReportPlugin):
    """The report plug-in of ordinary runs, with a loop that serves instead of running once."""

    def __init__(self, report, paths, keep_file, serve, checkpoint):
        super().__init__(report, paths)
        self.keep_file, self.serve, self.checkpoint = keep_file, serve, checkpoint
        # Values of the fixtures that are set up now and wider than one test, by the id of their definition.
        self.shared = {}
        self.on_set_up = None

    @staticmethod
    def wants_more():
        """Whether failures are to be described in full; `cheapen_failures` replaces it."""
        return True

    def pytest_runtest_call(self, item):
        holder, name = holder_of_settings(item)
        if holder is None or self.wants_more():
            yield
            return
        settings = getattr(holder, name)
        setattr(holder, name, without_describing(settings))
        yield
        setattr(holder, name, settings)

    def pytest_load_initial_conftests(self, early_config):
        # Configuration is read and plug-ins are loaded; the repository's own code comes next.
        if self.checkpoint is not None:
            self.report, self.keep_file = self.checkpoint()
        yield from super().pytest_load_initial_conftests(early_config)

    def pytest_fixture_setup(self, fixturedef, request):
        yield
        if fixturedef.scope == "function":
            return
        value = getattr(fixturedef, "cached_result", None)
        value = value[0] if value else None
        if value is None and "xunit" in fixturedef.argname or "unittest" in fixturedef.argname:
            value = request.cls if fixturedef.scope == "class" else None
        if value is not None:
            self.shared[id(fixturedef)] = value
            if self.on_set_up is not None:
                self.on_set_up("%s@%s" % (fixturedef.argname, fixturedef.baseid), value)

    def pytest_fixture_post_finalizer(self, fixturedef):
        self.shared.pop(id(fixturedef), None)

    def pytest_runtestloop(self, session):
        self.serve(Suite(self, session))
        return True

    def pytest_collectstart(self, collector):
        self.report.collecting()

    def ignore(self, path):
        if self.keep_file is None or not str(path).endswith(".py") or os.path.isdir(str(path)):
            return None
        return None if self.keep_file(self.paths.relative(path)) else True


def declare_hooks(pytest):
    swemint_pytest.declare_hooks(pytest)
    WarmPlugin.pytest_runtestloop = pytest.hookimpl(tryfirst=True)(WarmPlugin.pytest_runtestloop)
    WarmPlugin.pytest_load_initial_conftests = pytest.hookimpl(hookwrapper=True, tryfirst=True)(
        WarmPlugin.pytest_load_initial_conftests
    )
    WarmPlugin.pytest_runtest_call = pytest.hookimpl(hookwrapper=True, tryfirst=True)(WarmPlugin.pytest_runtest_call)
    WarmPlugin.pytest_fixture_setup = pytest.hookimpl(hookwrapper=True)(WarmPlugin.pytest_fixture_setup)
    if int(pytest.__version__.partition(".")[0]) >= 7:

        def pytest_ignore_collect(self, collection_path):
            return self.ignore(collection_path)

    else:

        def pytest_ignore_collect(self, path):
            return self.ignore(path)

    WarmPlugin.pytest_ignore_collect = pytest.hookimpl(tryfirst=True)(pytest_ignore_collect)


def cheapen_failures(wants_more=lambda: False):
    """
    Replaces tracebacks by one line while `wants_more()` says no, and spares the search for simpler examples;
    whether a test failed, and how, does not depend on them.
    """
    from _pytest import nodes

    ordinary = nodes.Node._repr_failure_py

    def summary(self, excinfo, style=None):
        # Of collectors pytest itself reads what this returns, e.g. why a whole module is skipped.
        if not isinstance(self, nodes.Item) or wants_more():
            return ordinary(self, excinfo, style)
        return SummaryOnly(excinfo.value)

    nodes.Node._repr_failure_py = summary
    WarmPlugin.wants_more = staticmethod(wants_more)


# What Hypothesis does once it knows that a test fails: it may take a thousand times as long as the finding.
DESCRIBING = ("shrink", "explain")


def holder_of_settings(item):
    """Where Hypothesis looks for the settings that this test runs with: (object, name), or (None, None)."""
    test = getattr(item, "obj", None)
    function = getattr(test, "__func__", test)
    if hasattr(function, "_hypothesis_internal_use_settings"):
        return function, "_hypothesis_internal_use_settings"
    cls = getattr(item, "cls", None)
    if hasattr(getattr(cls, "__dict__", {}).get("settings"), "phases"):
        # A state machine's.
        return cls, "settings"
    return None, None


def without_describing(settings):
    """The same settings for a run of which only the outcome matters."""
    phases = tuple(phase for phase in settings.phases if phase.name not in DESCRIBING)
    return type(settings)(settings, phases=phases)


def preload():
    import pytest  # noqa: F401


def allow_loaded_plugins():
    """Plug-ins were loaded before the session, which pytest warns of, and suites may turn warnings into errors."""
    from _pytest.assertion.rewrite import AssertionRewritingHook

    AssertionRewritingHook._warn_already_imported = lambda self, name: None


def run_session(arguments, root, report, keep_file, serve, checkpoint=None):
    """
    Collects as `python -m pytest` would and calls `serve(suite)`; returns pytest's exit code. `checkpoint` is
    called just before the first file of the repository is loaded and says what to report to and to collect.
    """
    import pytest

    # As in ordinary runs: the working folder is importable.
    sys.path[:] = [os.getcwd()] + [entry for entry in sys.path if entry]
    sys.modules["__main__"] = swemint_pytest
    sys.argv = [swemint_pytest.__file__] + list(arguments)
    allow_loaded_plugins()
    declare_hooks(pytest)
    plugin = WarmPlugin(report, Paths(root), keep_file, serve, checkpoint)
    return int(pytest.main(swemint_pytest.STEADY_OPTIONS + list(arguments), plugins=[plugin]))
