// The conformance suite of test frameworks: tiny projects with known outcomes, one list per framework.
import type { FrameworkCase } from './frameworks/framework-case.ts';
import { jestCases } from './frameworks/jest.ts';
import { mochaCases } from './frameworks/mocha.ts';
import { nodeTestCases } from './frameworks/node-test.ts';
import { pytestCases } from './frameworks/pytest.ts';
import { tapCases, tapeCases } from './frameworks/tap.ts';
import { unittestCases } from './frameworks/unittest.ts';
import { vitestCases } from './frameworks/vitest.ts';

export {
  busyTests,
  type CasePlace,
  type FrameworkCase,
  outcomesOf,
  runFrameworkCase,
  type TestLabel,
} from './frameworks/framework-case.ts';

export interface FrameworkSuite {
  framework: string;
  /** npm packages, or Python modules, that its projects need in the place where they run. */
  needs: { node?: string; python?: string };
  cases: readonly FrameworkCase[];
}

/**
 * What the built-in frameworks must show. A framework of your own brings a list of the same shape:
 * every kind of outcome, duplicates, names with spaces and beyond ASCII, failing hooks, a file that
 * cannot be loaded, a hang, an exit inside a test, a selection. Run each case with
 * `runFrameworkCase` in an empty place and compare `outcomesOf(run)` with `case.expected`, and
 * `busyTests(run)` with `case.busy` where that is given.
 */
export const frameworkSuites: readonly FrameworkSuite[] = [
  { framework: 'pytest', needs: { python: 'pytest' }, cases: pytestCases },
  { framework: 'unittest', needs: {}, cases: unittestCases },
  { framework: 'node-test', needs: {}, cases: nodeTestCases },
  { framework: 'tap', needs: {}, cases: tapCases },
  { framework: 'tap', needs: { node: 'tape' }, cases: tapeCases },
  { framework: 'vitest', needs: { node: 'vitest' }, cases: vitestCases },
  { framework: 'jest', needs: { node: 'jest' }, cases: jestCases },
  { framework: 'mocha', needs: { node: 'mocha' }, cases: mochaCases },
];
