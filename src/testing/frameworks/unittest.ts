// What unittest must report about a small project of every kind of outcome.
import { busyPython } from './busy-python.ts';
import type { FrameworkCase } from './framework-case.ts';

const outcomes = `
import unittest

class Plain(unittest.TestCase):
    def test_pass(self): pass
    def test_assertion(self): self.assertEqual(1, 2)
    def test_error(self): raise KeyError("k")
    def test_exit(self): raise SystemExit(2)
    def test_é(self): pass
    @unittest.skip("why")
    def test_skip(self): pass
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    @unittest.expectedFailure
    def test_unexpected(self): pass
    def test_parts(self):
        for i in range(4):
            with self.subTest(i=i): self.assertEqual(i % 2, 0)
    def test_good_parts(self):
        with self.subTest(i=1): pass

class BadClass(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise RuntimeError
    def test_one(self): pass
    def test_two(self): pass

class BadEnd(unittest.TestCase):
    @classmethod
    def tearDownClass(cls): raise RuntimeError
    def test_one(self): pass
    def test_two(self): pass

@unittest.skip("all of it")
class Skipped(unittest.TestCase):
    def test_one(self): pass

class BadSetup(unittest.TestCase):
    def setUp(self): raise ValueError
    def test_one(self): pass

class BadTeardown(unittest.TestCase):
    def tearDown(self): raise ValueError
    def test_one(self): pass

class Async(unittest.IsolatedAsyncioTestCase):
    async def test_one(self): pass
`;

const file = 'tests/test_outcomes.py';

export const unittestCases: readonly FrameworkCase[] = [
  {
    name: 'every outcome',
    files: {
      'tests/__init__.py': '',
      [file]: outcomes,
      'tests/deep/__init__.py': '',
      'tests/deep/test_module.py':
        'import unittest\ndef setUpModule(): raise RuntimeError\nclass M(unittest.TestCase):\n    def test_m(self): pass\n',
      'tests/test_broken.py': 'import nowhere, unittest\n',
      'tests/test_quits.py': 'import sys\nsys.exit(0)\n',
      'tests/test_skips.py': 'import unittest\nraise unittest.SkipTest("not here")\n',
    },
    expected: {
      outcome: 'completed',
      tests: {
        [`${file}::Plain::test_pass`]: 'passed',
        [`${file}::Plain::test_assertion`]: 'assertion',
        [`${file}::Plain::test_error`]: 'error',
        [`${file}::Plain::test_exit`]: 'error',
        [`${file}::Plain::test_é`]: 'passed',
        [`${file}::Plain::test_skip`]: 'skipped',
        [`${file}::Plain::test_expected`]: 'passed',
        [`${file}::Plain::test_unexpected`]: 'assertion',
        [`${file}::Plain::test_parts`]: 'assertion',
        [`${file}::Plain::test_good_parts`]: 'passed',
        [`${file}::BadClass::test_one`]: 'error',
        [`${file}::BadClass::test_two`]: 'error',
        [`${file}::BadEnd::test_one`]: 'passed',
        [`${file}::BadEnd::test_two`]: 'error',
        [`${file}::Skipped::test_one`]: 'skipped',
        [`${file}::BadSetup::test_one`]: 'error',
        [`${file}::BadTeardown::test_one`]: 'error',
        [`${file}::Async::test_one`]: 'passed',
        'tests/deep/test_module.py::M::test_m': 'error',
      },
      collectionErrors: ['tests/test_broken.py', 'tests/test_quits.py'],
    },
  },
  {
    name: 'files of one name in folders that are no packages, and one selected test',
    files: {
      'a/test_same.py':
        'import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n',
      'b/test_same.py':
        'import unittest\nclass B(unittest.TestCase):\n    def test_b(self): pass\n    def test_c(self): pass\n',
    },
    selection: { tests: ['a/test_same.py::A::test_a', 'b/test_same.py::B::test_c'] },
    expected: {
      outcome: 'completed',
      tests: { 'a/test_same.py::A::test_a': 'passed', 'b/test_same.py::B::test_c': 'passed' },
    },
  },
  {
    name: 'a test that hangs',
    files: {
      'test_a.py':
        'import time, unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n    def test_b(self): time.sleep(600)\n    def test_c(self): pass\n',
    },
    timeoutMs: 6000,
    expected: {
      outcome: 'timed-out',
      tests: { 'test_a.py::A::test_a': 'passed', 'test_a.py::A::test_b': 'timeout' },
    },
  },
  {
    name: 'a test that ends the process as if all were well',
    files: {
      'test_a.py':
        'import os, unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n    def test_b(self): os._exit(0)\n',
    },
    expected: {
      outcome: 'interrupted',
      tests: { 'test_a.py::A::test_a': 'passed', 'test_a.py::A::test_b': 'crash' },
    },
  },
  {
    name: 'CPU times',
    files: {
      'busy.py': busyPython,
      'test_a.py': `
import unittest
import busy
class A(unittest.TestCase):
    def test_works(self): busy.work()
    def test_starts(self): busy.start()
    def test_waits(self): busy.wait()
    def test_describes(self): raise busy.Tedious
    def test_last(self): pass
`,
    },
    expected: {
      outcome: 'completed',
      tests: {
        'test_a.py::A::test_works': 'passed',
        'test_a.py::A::test_starts': 'passed',
        'test_a.py::A::test_waits': 'passed',
        'test_a.py::A::test_describes': 'error',
        'test_a.py::A::test_last': 'passed',
      },
    },
    busy: ['test_a.py::A::test_starts', 'test_a.py::A::test_works'],
  },
];
