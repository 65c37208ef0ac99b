// What pytest must report about a small project of every kind of outcome.
import { busyPython } from './busy-python.ts';
import type { FrameworkCase } from './framework-case.ts';

const outcomes = `
import unittest
import pytest

def test_pass(): pass
def test_assertion(): assert 1 == 2
def test_error(): raise KeyError("x")
def test_fail_call(): pytest.fail("no")
def test_not_raised():
    with pytest.raises(ValueError): pass
def test_exit(): raise SystemExit(3)

@pytest.mark.skip
def test_skip(): pass
@pytest.mark.xfail
def test_expected(): assert 0
@pytest.mark.xfail
def test_unexpected(): pass
@pytest.mark.xfail(strict=True)
def test_strict(): pass

@pytest.mark.parametrize("value", ["x y", "é", "a::b", "line\\nbreak"])
def test_parameters(value): pass
@pytest.mark.parametrize("value", [1, 1])
def test_twice(value): pass

@pytest.fixture
def bad_setup(): assert 0
@pytest.fixture
def bad_teardown():
    yield
    raise RuntimeError
def test_setup(bad_setup): pass
def test_teardown(bad_teardown): pass

class TestOuter:
    class TestInner:
        def test_method(self): pass

class Classic(unittest.TestCase):
    def test_equal(self): self.assertEqual(1, 2)
    def test_fine(self): self.assertEqual(1, 1)
`;

const file = 'tests/test_outcomes.py';

export const pytestCases: readonly FrameworkCase[] = [
  {
    name: 'every outcome, under a configuration that stops early, measures and distributes',
    files: {
      'pytest.ini':
        '[pytest]\naddopts = -x --cov=pkg --cov-report term -n 4 --lf --doctest-modules\n',
      [file]: outcomes,
      'tests/test_broken.py': 'import nowhere\ndef test_x(): pass\n',
      'tests/test_broken_later.py': 'def test_x(): pass\n',
      'pkg/__init__.py': 'def one():\n    """\n    >>> one()\n    1\n    """\n    return 1\n',
      'pytest_pkg_test.py': 'from pkg import one\ndef test_one(): assert one() == 1\n',
    },
    expected: {
      outcome: 'completed',
      tests: {
        [`${file}::test_pass`]: 'passed',
        [`${file}::test_assertion`]: 'assertion',
        [`${file}::test_error`]: 'error',
        [`${file}::test_fail_call`]: 'assertion',
        [`${file}::test_not_raised`]: 'assertion',
        [`${file}::test_exit`]: 'error',
        [`${file}::test_skip`]: 'skipped',
        [`${file}::test_expected`]: 'passed',
        [`${file}::test_unexpected`]: 'passed',
        [`${file}::test_strict`]: 'assertion',
        [`${file}::test_parameters[x y]`]: 'passed',
        [`${file}::test_parameters[\\xe9]`]: 'passed',
        [`${file}::test_parameters[a::b]`]: 'passed',
        [`${file}::test_parameters[line\\nbreak]`]: 'passed',
        [`${file}::test_twice[1_0]`]: 'passed',
        [`${file}::test_twice[1_1]`]: 'passed',
        [`${file}::test_setup`]: 'error',
        [`${file}::test_teardown`]: 'error',
        [`${file}::TestOuter::TestInner::test_method`]: 'passed',
        [`${file}::Classic::test_equal`]: 'assertion',
        [`${file}::Classic::test_fine`]: 'passed',
        'tests/test_broken_later.py::test_x': 'passed',
      },
      collectionErrors: ['tests/test_broken.py'],
    },
  },
  {
    name: 'selected tests, whatever their names hold',
    files: { [file]: outcomes, 'tests/test_other.py': 'def test_other(): pass\n' },
    selection: { tests: [`${file}::test_parameters[a::b]`, `${file}::test_parameters[x y]`] },
    expected: {
      outcome: 'completed',
      tests: {
        [`${file}::test_parameters[x y]`]: 'passed',
        [`${file}::test_parameters[a::b]`]: 'passed',
      },
    },
  },
  {
    name: 'a broken conftest fails everything below it',
    files: { 'conftest.py': 'import nowhere\n', 'test_a.py': 'def test_a(): pass\n' },
    expected: { outcome: 'completed', tests: {}, collectionErrors: ['conftest.py'] },
  },
  {
    name: 'a test that hangs',
    files: {
      'test_a.py':
        'import time\ndef test_first(): pass\ndef test_hangs(): time.sleep(600)\ndef test_never(): pass\n',
    },
    timeoutMs: 6000,
    expected: {
      outcome: 'timed-out',
      tests: { 'test_a.py::test_first': 'passed', 'test_a.py::test_hangs': 'timeout' },
    },
  },
  {
    name: 'a test that ends the process as if all were well',
    files: {
      'test_a.py':
        'import os\ndef test_first(): pass\ndef test_quits(): os._exit(0)\ndef test_never(): pass\n',
    },
    expected: {
      outcome: 'interrupted',
      tests: { 'test_a.py::test_first': 'passed', 'test_a.py::test_quits': 'crash' },
    },
  },
  {
    name: 'a test that interrupts the run',
    files: { 'test_a.py': 'def test_first(): pass\ndef test_stops(): raise KeyboardInterrupt\n' },
    expected: {
      outcome: 'interrupted',
      tests: { 'test_a.py::test_first': 'passed', 'test_a.py::test_stops': 'crash' },
    },
  },
  {
    name: 'a test that forks, closes the report and leaves the folder',
    files: {
      'test_a.py': `
import os
def test_forks():
    if os.fork() == 0:
        raise RuntimeError("the child runs on")
    os.wait()
def test_closes():
    for fd in range(3, 256):
        if os.path.realpath("/proc/self/fd/%d" % fd).endswith(".jsonl"): os.close(fd)
    mine = open("mine.txt", "w")
    mine.write("x")
def test_leaves(tmp_path): os.chdir(tmp_path)
def test_last(): pass
`,
    },
    expected: {
      outcome: 'completed',
      tests: {
        'test_a.py::test_forks': 'passed',
        'test_a.py::test_closes': 'passed',
        'test_a.py::test_leaves': 'passed',
        'test_a.py::test_last': 'passed',
      },
    },
  },
  {
    name: 'CPU times',
    files: {
      'busy.py': busyPython,
      'test_a.py': `
import busy
def test_works(): busy.work()
def test_starts(): busy.start()
def test_waits(): busy.wait()
def test_describes(): raise busy.Tedious
def test_last(): pass
`,
    },
    expected: {
      outcome: 'completed',
      tests: {
        'test_a.py::test_works': 'passed',
        'test_a.py::test_starts': 'passed',
        'test_a.py::test_waits': 'passed',
        'test_a.py::test_describes': 'error',
        'test_a.py::test_last': 'passed',
      },
    },
    busy: ['test_a.py::test_starts', 'test_a.py::test_works'],
  },
];
