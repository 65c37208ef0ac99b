// Every way in which a script can hide, join or guard a command is seen.
import { expect, test } from 'vitest';
import { readShell } from './shell-script.ts';

const calls = async (script: string) => (await readShell(script)).calls;
const summary = async (script: string) =>
  (await calls(script)).map(({ words, within }) => [words.join(' '), ...within].join(' / '));

test('words, quotes, assignments and continued lines', async () => {
  expect(
    await calls(`export X=1 P="$PWD/src"; A='b c' python -m pytest "a b" -k 'x or y' \\\n  -q`),
  ).toMatchObject([
    { words: ['export', 'X=1', 'P=$PWD/src'] },
    { words: ['python', '-m', 'pytest', 'a b', '-k', 'x or y', '-q'], env: { A: 'b c' } },
  ]);
  expect(await calls('"$BASE/venv/bin/python" -m pytest t/$X # why\nY=2')).toMatchObject([
    { words: ['$BASE/venv/bin/python', '-m', 'pytest', 't/$X'] },
    { words: [], env: { Y: '2' } },
  ]);
});

test.each([
  ['a | b', ['a / pipeline', 'b / pipeline']],
  ['a || b && c', ['a / or', 'b / or', 'c']],
  ['a && b || c', ['a / or', 'b / or', 'c / or']],
  ['! a', ['a / negated']],
  ['a & b', ['a / background', 'b']],
  ['if a; then b; else c; fi', ['a / condition', 'b / condition', 'c / condition']],
  ['for i in 1 2; do a; done', ['a / loop']],
  ['while a; do b; done', ['a / loop', 'b / loop']],
  ['f() { a; }', ['a / function']],
  ['(cd x && a)', ['cd x / subshell', 'a / subshell']],
  ['X=$(a b)', ['', 'a b / substitution']],
  [
    'echo `a` "$(b)" <(c)',
    ['echo `a` $(b) <(c)', 'a / substitution', 'b / substitution', 'c / substitution'],
  ],
  ['cat <<E | sh\na\nE', ['cat / pipeline', 'sh / pipeline']],
  ['a <<E || true\nx\nE', ['a / or', 'true / or']],
  ['a 2>&1 | tee log', ['a / pipeline', 'tee log / pipeline']],
  ['[[ -f a ]] && b', ['[', 'b']],
])('%s', async (script, expected) => {
  expect(await summary(script)).toEqual(expected);
});

test('redirections and here-documents', async () => {
  expect(await calls('a 2>&1 >log <in')).toMatchObject([{ redirects: ['2>&1', '>log', '<in'] }]);
  expect(await calls("bash -e <<'E'\npytest\nE\n")).toMatchObject([
    { words: ['bash', '-e'], input: 'pytest\n', redirects: ["<<'E'"] },
  ]);
});

test('what is no shell is said to be none', async () => {
  expect((await readShell('if a; then')).readable).toBe(false);
  expect((await readShell('pytest')).readable).toBe(true);
});
