import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration, parseDuration } from '../src/duration.ts';
import { compileGlob, matchAny } from '../src/glob.ts';
import { expand } from '../src/variables.ts';

describe('parseDuration', () => {
  for (const [text, expected] of [
    ['250', 250],
    ['250ms', 250],
    ['2s', 2000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['1d2h', 93_600_000],
    [' 1s500ms ', 1500],
    ['0.0004s', 0],
  ] as const) {
    it(`reads ${text.trim()}`, () => assert.equal(parseDuration(text), expected));
  }

  it('rejects what is not a duration', () => {
    for (const text of ['', '1x', '-5s', 's', '1 s']) {
      assert.throws(() => parseDuration(text), RangeError, text);
    }
  });

  it('wants units from large to small', () => {
    assert.throws(() => parseDuration('1s1m'), /large to small/);
    assert.throws(() => parseDuration('1s2s'), /large to small/);
  });
});

describe('formatDuration', () => {
  it('keeps two units', () => {
    assert.equal(formatDuration(5_400_000), '1h30m');
    assert.equal(formatDuration(93_784_005), '1d2h');
    assert.equal(formatDuration(90_000), '1m30s');
    assert.equal(formatDuration(120_000), '2m');
    assert.equal(formatDuration(3_605_000), '1h');
  });

  it('uses decimals below a minute', () => {
    assert.equal(formatDuration(2500), '2.5s');
    assert.equal(formatDuration(1000), '1s');
    assert.equal(formatDuration(59_960), '1m');
    assert.equal(formatDuration(59_940), '59.9s');
  });

  it('knows small, zero and negative lengths', () => {
    assert.equal(formatDuration(7), '7ms');
    assert.equal(formatDuration(999), '999ms');
    assert.equal(formatDuration(0), '0ms');
    assert.equal(formatDuration(-90_000), '-1m30s');
  });
});

describe('expand', () => {
  it('replaces references', () => {
    assert.equal(expand('a ${x} b ${y}', { x: '1', y: '2' }), 'a 1 b 2');
    assert.equal(expand('nothing here', {}), 'nothing here');
  });

  it('keeps dollar signs that are not references', () => {
    assert.equal(expand('$$ $x $', {}), '$ $x $');
    assert.equal(expand('$${x}', { x: '1' }), '${x}');
  });

  it('uses defaults for what is missing or empty', () => {
    assert.equal(expand('${x:-dir}', {}), 'dir');
    assert.equal(expand('${x:-dir}', { x: '' }), 'dir');
    assert.equal(expand('${x}', { x: '' }), '');
    assert.equal(expand('${x:-${y:-deep}}', {}), 'deep');
  });

  it('insists where told to', () => {
    assert.throws(() => expand('${x:?set me}', {}), /x: set me/);
    assert.throws(() => expand('${x:?}', {}), /x: must be set/);
    assert.equal(expand('${x:?set me}', { x: '1' }), '1');
    assert.throws(() => expand('${x}', {}), /unknown variable "x"/);
  });

  it('applies filters in order', () => {
    assert.equal(expand('${x|trim|upper}', { x: ' a ' }), 'A');
    assert.equal(expand('${x|slug}', { x: ' Über Hello, World! ' }), 'ber-hello-world');
    assert.equal(expand('${x|quote}', { x: "it's" }), `'it'\\''s'`);
    assert.equal(expand('${x:-Abc|lower}', {}), 'abc');
    assert.throws(() => expand('${x|shout}', { x: '' }), /unknown filter "shout"/);
  });

  it('expands values, but never in circles', () => {
    assert.equal(expand('${a}', { a: '${b}!', b: 'x' }), 'x!');
    assert.equal(expand('${b}${b}', { b: 'x' }), 'xx');
    assert.throws(() => expand('${a}', { a: '${b}', b: '${a}' }), /a -> b -> a/);
  });

  it('ignores what objects inherit', () => {
    assert.throws(() => expand('${toString}', {}), /unknown variable/);
  });

  it('complains about malformed references', () => {
    assert.throws(() => expand('${x', { x: '1' }), /unclosed/);
    assert.throws(() => expand('${1x}', {}), /malformed/);
    assert.throws(() => expand('${}', {}), /malformed/);
  });
});

const matches = (pattern: string, path: string): boolean => compileGlob(pattern)(path);

describe('compileGlob', () => {
  it('keeps a star inside one folder', () => {
    assert.ok(matches('src/*.ts', 'src/a.ts'));
    assert.ok(!matches('src/*.ts', 'src/lib/a.ts'));
    assert.ok(!matches('src/*.ts', 'src/axts'));
  });

  it('lets two stars cross folders', () => {
    assert.ok(matches('src/**/*.ts', 'src/a.ts'));
    assert.ok(matches('src/**/*.ts', 'src/x/y/a.ts'));
    assert.ok(matches('**/a.ts', 'a.ts'));
    assert.ok(matches('src/**', 'src/x/y'));
    assert.ok(!matches('src/**/a.ts', 'src/xa.ts'));
  });

  it('matches one character, classes and choices', () => {
    assert.ok(matches('v?.txt', 'v1.txt'));
    assert.ok(!matches('v?.txt', 'v/.txt'));
    assert.ok(matches('[a-c]x', 'bx'));
    assert.ok(!matches('[!a-c]x', 'bx'));
    assert.ok(matches('*.{js,ts}', 'a.ts'));
    assert.ok(!matches('*.{js,ts}', 'a.tsx'));
  });

  it('takes everything else literally', () => {
    assert.ok(matches('a+b(1).txt', 'a+b(1).txt'));
    assert.ok(matches('a,b}', 'a,b}'));
    assert.ok(!matches('a.b', 'axb'));
  });

  it('ignores a leading ./', () => assert.ok(matches('a.ts', './a.ts')));

  it('complains about what is not closed', () => {
    assert.throws(() => compileGlob('[ab'), /unclosed \[/);
    assert.throws(() => compileGlob('{a,b'), /unclosed \{/);
  });
});

describe('matchAny', () => {
  it('lets the last matching pattern decide', () => {
    const patterns = ['src/**', '!**/*.test.ts', 'src/keep.test.ts'];
    assert.ok(matchAny(patterns, 'src/a.ts'));
    assert.ok(!matchAny(patterns, 'src/a.test.ts'));
    assert.ok(matchAny(patterns, 'src/keep.test.ts'));
    assert.ok(!matchAny(patterns, 'docs/a.md'));
  });

  it('keeps the rest when there are only exclusions', () => {
    assert.ok(matchAny(['!dist/**'], 'src/a.ts'));
    assert.ok(!matchAny(['!dist/**'], 'dist/a.js'));
  });

  it('matches nothing without patterns', () => assert.ok(!matchAny([], 'a')));
});
