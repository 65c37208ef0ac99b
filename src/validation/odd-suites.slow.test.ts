import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { report } from '../stats/report.ts';
import { runCommandLine } from '../testing/command-line.ts';
import { tinyPythonProject, writeProject } from '../testing/tiny-projects.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swemint-odd-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const suites: Readonly<Record<string, { file: string; text: string; screened: boolean }>> = {
  'leaves a daemon': {
    file: 'tests/test_daemon.py',
    text: `import subprocess, unittest

class DaemonTest(unittest.TestCase):
    def test_leaves_a_daemon(self):
        subprocess.Popen(["sh", "-c", "sleep 600"], start_new_session=True)
`,
    screened: true,
  },
  'signals its process group': {
    file: 'tests/test_kill.py',
    text: `import os, signal, unittest

class KillTest(unittest.TestCase):
    def test_kills_its_group(self):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)
`,
    screened: true,
  },
  'fills the disk': {
    file: 'tests/test_fill.py',
    text: `import tempfile, unittest

class FillTest(unittest.TestCase):
    def test_fills_the_disk(self):
        with tempfile.TemporaryFile() as file:
            try:
                for _ in range(4000):
                    file.write(b"x" * 1048576)
            except OSError:
                pass
`,
    screened: true,
  },
  'names its tests by chance': {
    file: 'tests/test_unstable.py',
    text: `import random, unittest

class UnstableTest(unittest.TestCase):
    pass

for number in range(3):
    def test(self):
        self.assertTrue(True)
    setattr(UnstableTest, "test_%d" % random.randrange(10**9), test)
`,
    screened: true,
  },
  'knows what kind of process it is in': {
    file: 'tests/test_odd.py',
    text: `import sys, unittest

from shelf.stock import Stock

class OddTest(unittest.TestCase):
    def test_tells_a_warm_process(self):
        self.assertEqual(Stock(3).add("a", 2), 2)
        self.assertFalse([name for name in sys.modules if "warm" in name and "swemint" in name])
`,
    screened: true,
  },
  // More than run alone one by one, and in order only the first of them asks the repository.
  'has thousands of tests that differ in a parameter': {
    file: 'tests/test_many.py',
    text: `import unittest

from shelf.stock import cheapest

KNOWN = {}

class ManyTest(unittest.TestCase):
    pass

def test(self):
    if not KNOWN:
        KNOWN["bought"] = cheapest({"a": 1, "b": 3}, 3)
    self.assertEqual(KNOWN["bought"], ["a"])

for number in range(4100):
    setattr(ManyTest, "test_bought[%04d]" % number, test)
`,
    screened: true,
  },
  'keeps a thread': {
    file: 'tests/test_thread.py',
    text: `import threading, time, unittest

threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()

class ThreadTest(unittest.TestCase):
    def test_alive(self):
        self.assertGreater(threading.active_count(), 1)
`,
    screened: true,
  },
};

test.each(Object.entries(suites))('a suite that %s keeps its labels right', async (_, suite) => {
  await writeProject(join(folder, 'shelf'), { ...tinyPythonProject, [suite.file]: suite.text });
  const result = await runCommandLine(
    [
      'scale',
      'shelf',
      '--out',
      'run',
      '--max-candidates',
      '4',
      '--baseline-runs',
      '2',
      '--set',
      'audit.minimum=4',
      '--set',
      'limits.disk=64',
      '--json',
    ],
    folder,
  );
  expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0);
  const figures = report.parse(
    JSON.parse(await readFile(join(folder, 'run', 'report.json'), 'utf8')),
  );
  expect(figures.total.judged).toBe(4);
  expect(figures.total.kept).toBeGreaterThan(0);
  // Said once, and judged the full way, where a warm process cannot be had.
  expect(result.stderr.match(/judged the full way/g)?.length ?? 0).toBe(suite.screened ? 0 : 1);
  expect(figures.audit).toEqual(
    suite.screened ? { sampled: 4, disagreements: 0, rate: 0, rejudged: 0 } : null,
  );
});
