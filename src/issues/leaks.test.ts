import { expect, describe, it } from 'vitest';
import { mutators } from '../mutators/registry.ts';
import { describeBugType } from './bug-type.ts';
import { changedLines, leaks, withoutLeaks } from './leaks.ts';
import { parseTestId, shortTestName } from './test-name.ts';

const patch = `diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,6 +1,6 @@
 def f(x):
-    total = x  + 1
+    total = x - 1
-    moved_line = True
     return None
-    return None
+    moved_line = True
+    pass
`;

describe('leaks', () => {
  it('knows the lines that tell something, on both sides', () => {
    expect(changedLines(patch)).toEqual({ fix: ['total = x  + 1'], bug: ['total = x - 1'] });
  });

  it('finds them whatever the spaces, and nothing else', () => {
    expect(leaks('use `total = x + 1;` instead', { patch })).toEqual(['total = x  + 1']);
    expect(leaks('it says\n  total = x - 1', { patch })).toEqual(['total = x - 1']);
    expect(leaks('total is wrong, return None, moved_line = True', { patch })).toEqual([]);
  });

  it('cuts them out of an output', () => {
    const output = 'a.py:2: in f\n    total = x - 1\n    total = x - 1\nE   Bad';
    expect(withoutLeaks(output, { patch })).toBe('a.py:2: in f\n    …\nE   Bad');
  });

  it('takes no file header for a line', () => {
    expect(leaks('--- a/a.py', { patch: patch.replace('total = x  + 1', 'y') })).toEqual([]);
  });
});

describe('describeBugType', () => {
  it('knows every mutator there is', async () => {
    const general = describeBugType('something_else');
    for (const { name } of await mutators.loadAll()) {
      expect(describeBugType(name), name).not.toBe(general);
    }
    expect(describeBugType('func_pm_toString')).toBe(general);
  });
});

describe('parseTestId', () => {
  it('takes Python and JavaScript ids apart', () => {
    expect(parseTestId('t/a.py::T::m[x::y > z]#2')).toEqual({
      path: 't/a.py',
      names: ['T', 'm'],
      parameters: 'x::y > z',
      ordinal: 2,
    });
    expect(parseTestId('t/a.test.ts::g > does [it]#3')).toEqual({
      path: 't/a.test.ts',
      names: ['g', 'does [it]'],
      parameters: undefined,
      ordinal: 3,
    });
    expect(parseTestId('t/a.test.ts')).toMatchObject({ path: 't/a.test.ts', names: [] });
  });

  it('says a test’s own name', () => {
    expect(shortTestName('t/a.py::T::m[1]')).toBe('m[1]');
    expect(shortTestName('a.test.js::g > adds')).toBe('adds');
    expect(shortTestName('a.test.js')).toBe('a.test.js');
  });
});
