import { describe, expect, it } from 'vitest';
import { cleanOutput, clipOutput, headline, triggerLine } from './failure-output.ts';

const UNITTEST = `Traceback (most recent call last):
  File "/home/me/runs/x/environments/pkg.12345678/repo/tests/test_a.py", line 7, in test_sum
    self.assertEqual(total([1, 2]), 3)
  File "/usr/lib/python3.11/unittest/case.py", line 873, in assertEqual
    assertion_func(first, second, msg=msg)
AssertionError: <Thing at 0x7fdeb7e1cf10> != 3
Diff is 703 characters long. Set self.maxDiff to None to see it.`;

const PYTEST = `tests/test_a.py:7: in test_sum
    assert total([1, 2]) == 3
E   assert 2 == 3
E    +  where 2 = total([1, 2])`;

const NODE = `AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

2 !== 3

    at TestContext.<anonymous> (file:///r/environments/pkg.1/repo/test/a.test.ts:7:3)
    at Test.runInAsyncScope (node:async_hooks:214:14)
    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)`;

describe('cleanOutput', () => {
  it('reads the same on every machine', () => {
    expect(cleanOutput(UNITTEST)).toContain('File "tests/test_a.py", line 7');
    expect(cleanOutput(UNITTEST)).toContain('File "python3.11/unittest/case.py"');
    expect(cleanOutput(UNITTEST)).toContain('<Thing at 0x…>');
    expect(cleanOutput('\u001B[31mred\u001B[0m \r\nx')).toBe('red\nx');
  });

  it('leaves out frames of Node itself, and hosts of packages', () => {
    const cleaned = cleanOutput(
      NODE.replace(
        '    at Test',
        '    at f (/r/environments/pkg.1/repo/node_modules/lib/index.js:1:1)\n    at Test',
      ),
    );
    expect(cleaned).toContain('at TestContext.<anonymous> (test/a.test.ts:7:3)');
    expect(cleaned).not.toContain('node:');
    expect(cleaned).toContain('at f (node_modules/lib/index.js:1:1)');
  });
});

describe('headline', () => {
  it('is what the failure says, whatever the framework', () => {
    expect(headline(cleanOutput(UNITTEST))).toBe('AssertionError: <Thing at 0x…> != 3');
    expect(headline(PYTEST)).toBe('assert 2 == 3\n +  where 2 = total([1, 2])');
    expect(headline(NODE)).toBe(
      'AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n2 !== 3',
    );
  });

  it('is the last exception of a chain', () => {
    const chain =
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\nKeyError: 1\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "a.py", line 3, in f\n    h()\npkg.errors.Missing: no 1';
    expect(headline(chain)).toBe('pkg.errors.Missing: no 1');
  });

  it('is nothing when nothing was printed', () => expect(headline('')).toBeUndefined());

  it('keeps the start of a long message', () => {
    const long = ['ValueError: long', ...Array.from({ length: 60 }, (_, index) => `line ${index}`)];
    const lines = headline(long.join('\n'))?.split('\n') ?? [];
    expect(lines).toHaveLength(25);
    expect(lines.at(-1)).toBe('… 37 more lines');
  });
});

describe('triggerLine', () => {
  it('is the test’s own line', () => {
    expect(triggerLine(PYTEST, 'tests/test_a.py')).toBe(
      'tests/test_a.py:7\n    assert total([1, 2]) == 3',
    );
    expect(triggerLine(cleanOutput(UNITTEST), 'tests/test_a.py')).toBe(
      'tests/test_a.py:7\n    self.assertEqual(total([1, 2]), 3)',
    );
  });

  it('is nothing where the output has none that says something', () => {
    expect(triggerLine(NODE, 'test/a.test.ts')).toBeUndefined();
    expect(triggerLine('t.py:7: in x\n    f(\nE   Bad', 't.py')).toBeUndefined();
    expect(triggerLine(PYTEST, 'tests/other.py')).toBeUndefined();
  });
});

describe('clipOutput', () => {
  it('keeps both ends and more of the last', () => {
    const text = Array.from({ length: 100 }, (_, index) => String(index)).join('\n');
    expect(clipOutput(text, 9).split('\n')).toEqual([
      '0',
      '1',
      '2',
      '… 91 lines …',
      '94',
      '95',
      '96',
      '97',
      '98',
      '99',
    ]);
    expect(clipOutput('x'.repeat(9000), 5).length).toBeLessThan(420);
    expect(clipOutput('short', 5)).toBe('short');
  });
});
