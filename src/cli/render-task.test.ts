import { expect, describe, it } from 'vitest';
import { sampleTask } from '../testing/sample-task.ts';
import { renderTask } from './render-task.ts';
import { wrapText } from './wrap-text.ts';

describe('renderTask', () => {
  it('shows statement, diff, tests and origin', () => {
    expect(renderTask(sampleTask(), { width: 80, color: false })).toMatchInlineSnapshot(`
      " ledgerline.1a2b3c4d.func_pm_op_swap__0a1b2c3d 
      ledgerline 1.2.0 · pytest

      Problem statement  template, files-functions
        \`Money.split\` in \`ledgerline/money.py\` does not give the right result.

      The bug  swapped the operands of \`exact.numerator // exact.denominator\` in \`Money.split\`
        ledgerline/money.py
        @@ -156,7 +156,7 @@
                 remainders = []
                 for index, weight in enumerate(weights):
                     exact = amount * weight / total
        -            share = exact.numerator // exact.denominator
        +            share = exact.denominator // exact.numerator
                     shares.append(share)
                     remainders.append((share - exact, index))
                 left = amount - sum(shares)

      2 tests fail  1 still pass
        assertion  tests/test_money.py::SplitTest::test_no_cent_is_lost
        assertion  tests/test_money.py::SplitTest::test_largest_remainder_first

      Where it comes from
        code     ledgerline/money.py:144 Money.split (complexity 6)
        mutator  func_pm_op_swap, seed 24
        proof    baseline 3 times, bug once (full, namespaces)
        source   examples/python
      "
    `);
  });

  it('colours what was removed and what was added', () => {
    const text = renderTask(sampleTask(), { width: 80, color: true });
    expect(text).toContain('\u001B[31m-            share = exact.numerator // exact.denominator');
    expect(text).toContain('\u001B[32m+            share = exact.denominator // exact.numerator');
  });

  it('does not drown in failing tests', () => {
    const failToPass = Array.from({ length: 30 }, (_, index) => ({
      id: `t.py::t${index}`,
      kind: index === 0 ? ('collection' as const) : ('error' as const),
    }));
    const lines = renderTask(sampleTask({ failToPass }), { width: 80, color: false }).split('\n');
    expect(lines).toContain('  error       t.py::t11');
    expect(lines).toContain('  and 18 more');
    expect(lines).not.toContain('  error       t.py::t12');
  });

  it('leaves out a statement that was not asked for', () => {
    const statement = { text: '', method: 'none' as const, template: null };
    expect(renderTask(sampleTask({ statement }), { width: 80 })).not.toContain('Problem statement');
  });
});

describe('wrapText', () => {
  it('folds prose, keeps code and hangs list items', () => {
    const code = `a${' b'.repeat(20)}`;
    expect(
      wrapText(`one two three four\n\n\`\`\`py\n${code}\n\`\`\`\n- alpha beta gamma`, 12),
    ).toEqual(['one two', 'three four', '', '```py', code, '```', '- alpha beta', '  gamma']);
  });

  it('does not break a word that is too long', () => {
    expect(wrapText('x '.repeat(3) + 'y'.repeat(20), 10)).toEqual(['x x x', 'y'.repeat(20)]);
  });
});
