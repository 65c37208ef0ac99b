// What SWE-bench's log parsers call a test: rows must use their words, or nothing can be graded.
import type { Task } from '../core/schema/index.ts';

interface Place {
  args: readonly string[];
  versions: Readonly<Record<string, string>>;
}

/** Name in the parsed log by framework; other frameworks keep our ids. */
const dialects: Readonly<Record<string, (id: string, place: Place) => string>> = {
  // `PASSED tests/x.py::T::m[a b]`: the parser stops at the first space.
  pytest: (id) => withoutRepeat(id).split(/\s/, 1)[0] ?? id,
  // `m (tests.x.T.m) ... ok`
  unittest: unittestName,
  // `ok 1 - name`: everything after the number, without the describe around it.
  'node-test': (id) => `- ${lastName(id)}`,
  // `ok 1 describe nested name`
  mocha: (id) => namesOf(id).join(' ').replaceAll('#', ''),
  // `✓ name (3 ms)`
  jest: lastName,
  // `✓ test/x.test.ts > describe > name 3ms`
  vitest: (id) => [fileOf(id), ...namesOf(id)].join(' > '),
};

const withoutRepeat = (id: string): string => id.replace(/#\d+$/, '');
const fileOf = (id: string): string => id.split('::', 1)[0] ?? id;
function namesOf(id: string): string[] {
  const divide = id.indexOf('::');
  return divide === -1 ? [] : withoutRepeat(id.slice(divide + 2)).split(' > ');
}
function lastName(id: string): string {
  return namesOf(id).at(-1) ?? fileOf(id);
}

function unittestName(id: string, { args, versions }: Place): string {
  const [file = '', ...names] = withoutRepeat(id).split('::');
  const option = (flag: string): string | undefined => {
    const at = args.indexOf(flag);
    return at === -1 ? undefined : args[at + 1];
  };
  const top = option('-t') ?? option('-s') ?? '.';
  const inside = top === '.' ? file : file.replace(`${top.replace(/\/$/, '')}/`, '');
  const place = [inside.replace(/\.py$/, '').replaceAll('/', '.'), ...names.slice(0, -1)];
  const method = names.at(-1) ?? '';
  const [major = 3, minor = 0] = (versions['python'] ?? '3.11').split('.').map(Number);
  // Since 3.11 the method stands in the brackets too.
  const full = major > 3 || minor >= 11 ? [...place, method] : place;
  return `${method} (${full.join('.')})`;
}

export interface LogNames {
  failToPass: string[];
  passToPass: string[];
}

/**
 * The labels in the words of the task's log parser, each name once. A name that stands for tests of both
 * labels cannot be graded (the parser keeps the last line only) and is left out of both lists.
 */
export function namesInLog(task: Task): LogNames {
  const { spec, versions } = task.environment;
  const say = dialects[spec.test.framework] ?? ((id: string) => id);
  const place = { args: spec.test.args, versions };
  const failing = new Set(task.failToPass.map(({ id }) => say(id, place)));
  const unlabelled = [...task.failToFail, ...task.passToFail, ...task.evidence.flakyTests];
  const passing = new Set(task.passToPass.map((id) => say(id, place)));
  const ambiguous = new Set(unlabelled.map((id) => say(id, place)));
  return {
    failToPass: [...failing].filter((name) => !passing.has(name) && !ambiguous.has(name)),
    passToPass: [...passing].filter((name) => !failing.has(name) && !ambiguous.has(name)),
  };
}
