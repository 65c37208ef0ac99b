import { expect, describe, it } from 'vitest';
import { findPythonTest } from './python-test-source.ts';

const FILE = `import pytest

TEXT = """
def test_not_a_test():
class TestNothing:
"""


class TestBase:
    def test_inherited(self):
        assert True


class TestThing(TestBase):
    """Docs."""

    def setUp(self):
        self.value = [
1,
        ]

    @pytest.mark.parametrize(
        "a, b",
        [(1, 2)],
    )
    @other
    def test_pairs(self, a, b):
        text = """
flush left
"""
        assert a  # : (

    # about the next one
    async def test_async(self):
        pass

    class TestInner:
        def test_deep(self): return 1


def test_plain():
    if True:
        x = "# not a comment ("

    assert x


@pytest.fixture
def other():
    pass


class TestOther:
    def test_pairs(self):
        assert 2
`;
const find = (...names: string[]): string | undefined => findPythonTest(FILE, names);

describe('findPythonTest', () => {
  it('takes a function with its body, blank lines inside included', () => {
    expect(find('test_plain')).toBe(
      'def test_plain():\n    if True:\n        x = "# not a comment ("\n\n    assert x',
    );
  });

  it('takes a method with decorators over several lines, and the setUp of its class', () => {
    expect(find('TestThing', 'test_pairs')).toBe(`class TestThing(TestBase):
    def setUp(self):
        self.value = [
1,
        ]

    @pytest.mark.parametrize(
        "a, b",
        [(1, 2)],
    )
    @other
    def test_pairs(self, a, b):
        text = """
flush left
"""
        assert a  # : (`);
  });

  it('tells classes with equal methods apart', () => {
    expect(find('TestOther', 'test_pairs')).toBe('def test_pairs(self):\n    assert 2');
  });

  it('finds async, nested and inherited tests', () => {
    expect(find('TestThing', 'test_async')).toContain(
      '    async def test_async(self):\n        pass',
    );
    expect(find('TestThing', 'TestInner', 'test_deep')).toBe('def test_deep(self): return 1');
    expect(find('TestThing', 'test_inherited')).toBe('def test_inherited(self):\n    assert True');
  });

  it('does not take text in strings for code', () => {
    expect(find('test_not_a_test')).toBeUndefined();
    expect(find('TestNothing', 'test_pairs')).toBeUndefined();
  });

  it('finds a generated class’s only test of that name, and nothing when there are two', () => {
    expect(find('TestGenerated', 'test_plain')).toContain('def test_plain');
    expect(find('TestGenerated', 'test_pairs')).toBeUndefined();
  });

  it('reads tabs, CRLF and files that break off', () => {
    expect(
      findPythonTest('class T:\r\n\tdef test_a(self):\r\n\t\tx = 1\r\n\r\n', ['T', 'test_a']),
    ).toBe('def test_a(self):\n\tx = 1');
    expect(findPythonTest('def test_a():\n    x = (1,', ['test_a'])).toBe(
      'def test_a():\n    x = (1,',
    );
    expect(findPythonTest('', ['test_a'])).toBeUndefined();
  });
});
