// Reads a test script down to the one test command in it, and refuses what is no plain way of running tests.
import { posix } from 'node:path';
import { readShell } from '../../../lib/shell-script.ts';
import type { ShellCall, ShellContext } from '../../../lib/shell-script.ts';
import { everyCall, layersOf, programOf } from './calls.ts';
import type { ScriptRefusal } from './install-script.ts';
import { quote } from './install-script.ts';
import { installs, needsNetwork } from './programs.ts';
import { expandWord } from './variables.ts';

/** The test command and what the script sets up for it. */
export interface TestCall {
  /** Repository-relative folder it runs in. */
  cwd: string;
  words: string[];
  /** Variables it sets; `$BASE` stands for the environment's folder. */
  env: Record<string, string>;
}

export type TestScriptReview = { ok: true; call: TestCall } | ({ ok: false } & ScriptRefusal);

const contextReasons: Readonly<Record<ShellContext, string>> = {
  background: 'runs something in the background',
  condition: 'decides what to run',
  function: 'defines a function',
  loop: 'runs a loop',
  negated: 'turns a result around with `!`',
  or: 'goes on with `||` when something fails',
  pipeline: 'sends output through a pipe',
  subshell: '',
  substitution: 'builds commands from the output of others',
};

/** Would end the script, or give it a result of its own. */
const verdicts = new Set([':', 'exit', 'false', 'return', 'trap', 'true']);
/** Tells of something that a report would tell. */
const resultWords =
  /\b(?:pass(?:ed|es|ing)?|fail(?:ed|s|ures?)?|success(?:ful)?|ok|skipped|tests? (?:run|total))\b/i;
/** What is harmless before the tests, whatever its arguments. */
const harmless = new Set(['set', 'shopt', 'ulimit', 'umask', 'unset', 'pwd', 'date']);

/**
 * Accepts straight lists of `cd`, `export` and the like with exactly one other command. Which
 * framework that command calls is not asked here. `variables` are those of the environment.
 */
export async function reviewTestScript(
  script: string,
  variables: Readonly<Record<string, string>>,
): Promise<TestScriptReview> {
  const { calls, readable } = await readShell(script);
  if (!readable) return refuse('unreadable-script', 'The test script is not valid shell.');
  const state: State = {
    codes: new Set(),
    cwd: '.',
    variables: { ...variables },
    env: {},
    found: undefined,
  };
  for (const { words, text } of await everyCall(script)) {
    const refusal = forbiddenProgram(words, text);
    if (refusal) return { ok: false, ...refusal };
  }
  for (const call of calls) {
    const refusal = take(call, state);
    if (refusal) return { ok: false, ...refusal };
  }
  if (!state.found) {
    return refuse('test-script-unknown', 'The test script runs no tests.');
  }
  return { ok: true, call: state.found };
}

/** `exit $?` and `code=$?; exit $code` hand on what the tests have said. */
function passesOn([program, value = '']: readonly string[], { found, codes }: State): boolean {
  if (program !== 'exit' || !found) return false;
  return value === '$?' || codes.has(/^\$\{?(?<name>\w+)\}?$/.exec(value)?.groups?.['name'] ?? '');
}

interface State {
  /** Variables that hold the exit code of the tests. */
  codes: Set<string>;
  cwd: string;
  variables: Record<string, string>;
  env: Record<string, string>;
  found: TestCall | undefined;
}

function refuse(code: string, reason: string): { ok: false } & ScriptRefusal {
  return { ok: false, code, reason };
}

function take(call: ShellCall, state: State): ScriptRefusal | undefined {
  const { words: written, text } = call;
  if (call.within.has('substitution'))
    return isKnownSubstitution(text) ? undefined : tooClever(call);
  const expanded = written.map((word) => expandWord(word, state.variables, state.cwd));
  const words = expanded.filter((word) => word !== undefined);
  if ([...call.within].some((context) => contextReasons[context] !== '')) return tooClever(call);
  if (words.length < expanded.length) return tooClever(call);
  if (words.length === 0) return assign(call.env, state);
  const [program = '', ...args] = words;
  const hidden = call.redirects.find((redirect) => !isHarmlessRedirect(redirect));
  if (hidden !== undefined) {
    return {
      code: 'test-script-hides',
      reason: `The test script sends output elsewhere (${quote(`${text} ${hidden}`)}). Let the tests print what they print.`,
    };
  }
  if (program === 'cd' || program === 'pushd') return changeFolder(args, state, text);
  if (program === 'export' || program === 'declare') return assign(assignments(args), state);
  if (program === 'source' || program === '.') return activate(args, text);
  if (program === 'echo' || program === 'printf') return say(args, state, text);
  if (harmless.has(program)) return undefined;
  if (/^(?:bash|sh|dash|zsh|ksh|eval|sudo|su)$/.test(programOf(words).program)) {
    return {
      code: 'test-script-unknown',
      reason: `The test script leaves its work to another shell (${quote(text)}). Write the commands themselves.`,
    };
  }
  if (verdicts.has(program) && !passesOn(written, state)) {
    return {
      code: 'test-script-verdict',
      reason: `The test script gives itself a result (${quote(text)}). Its result has to be that of the tests.`,
    };
  }
  if (verdicts.has(program)) return undefined;
  if (state.found) {
    return {
      code: 'test-script-several',
      reason: `The test script runs more than one command (${quote(state.found.words.join(' '))}, then ${quote(text)}). Keep the one that runs the tests.`,
    };
  }
  const env: Record<string, string> = { ...state.env };
  const refusal = assign(call.env, state, env);
  if (refusal) return refusal;
  state.found = { cwd: state.cwd, words: words.map((word) => withoutRoot(word, state.cwd)), env };
  return undefined;
}

function forbiddenProgram(words: readonly string[], text: string): ScriptRefusal | undefined {
  if (words.length === 0) return undefined;
  const layers = layersOf(words);
  if (layers.some(installs)) {
    return {
      code: 'test-script-installs',
      reason: `The test script installs something (${quote(text)}). Everything that tests need is installed by the install script.`,
    };
  }
  if (layers.some(needsNetwork)) {
    return {
      code: 'test-script-needs-network',
      reason: `The test script needs the network (${quote(text)}). Tests run offline.`,
    };
  }
  return undefined;
}

function tooClever({ within, text }: ShellCall): ScriptRefusal {
  const context = [...within].find((name) => contextReasons[name] !== '') ?? 'substitution';
  const masks = ['pipeline', 'or', 'negated', 'background'].includes(context);
  return {
    code: masks ? 'test-script-masks' : 'test-script-branches',
    reason: `The test script ${contextReasons[context]} (${quote(text)}). It has to be a straight list of commands, whose result is that of the tests.`,
  };
}

function isKnownSubstitution(text: string): boolean {
  return /^(?:pwd|nproc|git rev-parse --show-toplevel)$/.test(text);
}

/** Standard error may join standard output, and nothing needs to be read. */
function isHarmlessRedirect(redirect: string): boolean {
  return /^(?:2>&1|1>&2|>&2|2>\s*\/dev\/null|<\s*\/dev\/null)$/.test(redirect.trim());
}

function changeFolder(
  [target = '~']: readonly string[],
  state: State,
  text: string,
): ScriptRefusal | undefined {
  const inside = withoutRoot(target.replace(/^\/testbed(?=\/|$)/, '$BASE/repo'), '.');
  const fromHere = inside === target && !target.startsWith('/');
  const path = posix.normalize(fromHere ? `${state.cwd}/${inside}` : inside);
  if (path.startsWith('/') || path.startsWith('..') || /^[~$-]/.test(inside)) {
    return {
      code: 'test-script-elsewhere',
      reason: `The test script leaves the repository (${quote(text)}). It starts in the repository’s root; stay inside.`,
    };
  }
  state.cwd = path.replace(/\/+$/, '') || '.';
  return undefined;
}

function activate([file = '']: readonly string[], text: string): ScriptRefusal | undefined {
  if (/^\$BASE\/venv\/bin\/activate$/.test(file)) return undefined;
  return {
    code: 'test-script-elsewhere',
    reason: `The test script loads settings of its own (${quote(text)}). The environment is active already: $BASE/venv is first on the PATH.`,
  };
}

function say(args: readonly string[], state: State, text: string): ScriptRefusal | undefined {
  if (!state.found && !resultWords.test(args.join(' '))) return undefined;
  return {
    code: 'test-script-masks',
    reason: `The test script prints what looks like a result (${quote(text)}). Only the framework’s own report counts.`,
  };
}

function assign(
  values: Readonly<Record<string, string>>,
  state: State,
  into: Record<string, string> = state.env,
): ScriptRefusal | undefined {
  for (const [name, written] of Object.entries(values)) {
    if (written === '$?' && state.found) state.codes.add(name);
    const value = expandWord(written, state.variables, state.cwd);
    if (value === undefined) {
      return {
        code: 'test-script-branches',
        reason: `The test script builds a variable from the output of a command (${quote(`${name}=${written}`)}). Write its value.`,
      };
    }
    into[name] = value;
    if (into === state.env) state.variables[name] = value;
  }
  return undefined;
}

function assignments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.flatMap((word) => {
      const match = /^(?<name>[A-Za-z_]\w*)=(?<value>[^]*)$/.exec(word)?.groups;
      return match ? [[match['name'] ?? '', match['value'] ?? ''] as const] : [];
    }),
  );
}

/** `$BASE/repo/tests` as seen from the folder: `tests`. */
function withoutRoot(word: string, cwd: string): string {
  const path = /^\$BASE\/repo(?:\/(?<path>.*))?$/.exec(word)?.groups;
  return path ? posix.relative(`/${cwd}`, `/${path['path'] ?? ''}`) || '.' : word;
}
