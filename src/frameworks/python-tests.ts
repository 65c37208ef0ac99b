// Finds Python test files and tells which framework their text asks for.
import type { RepositoryFacts } from '../core/framework.ts';

const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test|tests?)\.py$/;
const NOT_TESTS = /(^|\/)(\.[^/]+|node_modules|site-packages|build|dist|docs?|examples?)\//;

export interface PythonTests {
  /** Files whose name says test, outside documentation and build folders. */
  files: string[];
  /** Those that use pytest, or have bare test functions that only pytest finds. */
  forPytest: string[];
  /** Those with `unittest.TestCase` classes. */
  forUnittest: string[];
}

const BARE_TEST = /^(async )?def test/m;
const TEST_CLASS = /^class Test\w*(\(\s*(object)?\s*\))?:/m;
const USES_PYTEST = /^\s*(import pytest|from pytest|@pytest\.)/m;
const USES_UNITTEST = /\bTestCase\b/;

/** Reads the test files of a repository. */
export function findPythonTests(facts: RepositoryFacts): PythonTests {
  const files = facts.files.filter((file) => TEST_FILE.test(file) && !NOT_TESTS.test(file));
  const tests: PythonTests = { files, forPytest: [], forUnittest: [] };
  for (const file of files) {
    const text = facts.read(file) ?? '';
    if (USES_PYTEST.test(text) || BARE_TEST.test(text) || TEST_CLASS.test(text)) {
      tests.forPytest.push(file);
    } else if (USES_UNITTEST.test(text)) {
      tests.forUnittest.push(file);
    }
  }
  return tests;
}
