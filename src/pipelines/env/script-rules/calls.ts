// Looks through the programs that only start another one, so that rules see what is really run.
import { basename } from 'node:path/posix';
import { readShell } from '../../../lib/shell-script.ts';
import type { ShellCall } from '../../../lib/shell-script.ts';

/** A program by its plain name, and its arguments. */
export interface ProgramCall {
  program: string;
  args: readonly string[];
}

/** Programs that run the rest of their line, and the options of theirs that take a word. */
const wrappers: Readonly<Record<string, readonly string[]>> = {
  command: [],
  'cross-env': [],
  env: ['-u', '-C', '-S'],
  exec: ['-a'],
  ionice: ['-c', '-n'],
  nice: ['-n'],
  nohup: [],
  setsid: [],
  stdbuf: ['-i', '-o', '-e'],
  sudo: ['-u', '-g'],
  time: ['-f', '-o'],
  timeout: ['-s', '-k', '--signal', '--kill-after'],
  xargs: ['-n', '-I', '-P', '-L', '-d'],
  'xvfb-run': ['-s', '-n', '-e', '-f', '-w'],
};

/** Package managers whose first words name a program of the environment. */
const runners: readonly (readonly string[])[] = [
  ['poetry', 'run'],
  ['pipenv', 'run'],
  ['pdm', 'run'],
  ['hatch', 'run'],
  ['rye', 'run'],
  ['conda', 'run'],
  ['uv', 'run'],
  ['bundle', 'exec'],
  ['npm', 'exec'],
  ['npm', 'x'],
  ['pnpm', 'exec'],
  ['yarn', 'exec'],
  ['npx'],
  ['bunx'],
  ['c8'],
  ['nyc'],
  ['coverage', 'run'],
];

/** `env X=1 uv run python -m pytest -q` layer by layer: `env …`, `uv …`, `python …`, `pytest -q`. */
export function layersOf(words: readonly string[]): [ProgramCall, ...ProgramCall[]] {
  const layers: [ProgramCall, ...ProgramCall[]] = [toCall(words)];
  let rest: readonly string[] = words;
  for (let depth = 0; depth < 8; depth += 1) {
    const inner = unwrapOnce(rest);
    if (inner === undefined) break;
    layers.push(toCall(inner));
    rest = inner;
  }
  return layers;
}

/** The innermost layer: what is really run. */
export function programOf(words: readonly string[]): ProgramCall {
  const layers = layersOf(words);
  return layers.at(-1) ?? layers[0];
}

function toCall([program = '', ...args]: readonly string[]): ProgramCall {
  return { program: plainName(program), args };
}

function unwrapOnce(words: readonly string[]): string[] | undefined {
  const program = plainName(words[0] ?? '');
  const wrapper = Object.hasOwn(wrappers, program) ? wrappers[program] : undefined;
  if (wrapper) {
    const rest = dropOptions(words.slice(1), wrapper);
    const assigned = rest.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
    const inner = assigned === -1 ? [] : rest.slice(assigned);
    // `timeout` has its limit first.
    return program === 'timeout' ? inner.slice(1) : inner;
  }
  const runner = runners.find((start) => start.every((word, at) => nameAt(words, at) === word));
  if (runner) {
    const rest = dropOptions(words.slice(runner.length), [
      '-p',
      '--package',
      '-n',
      '--name',
      '--source',
      '--rcfile',
    ]);
    // What remains of `npx --yes` or `coverage run -m` is the program; alone it is itself.
    return rest.length > 0 ? rest : undefined;
  }
  if (/^(?:python|pypy)[\d.]*$/.test(program)) return moduleCall(words.slice(1));
  return undefined;
}

function nameAt(words: readonly string[], at: number): string {
  return at === 0 ? plainName(words[0] ?? '') : (words[at] ?? '');
}

/** `python -W error -m pytest -q` → `pytest -q`. */
function moduleCall(args: readonly string[]): string[] | undefined {
  let at = 0;
  while (at < args.length && (args[at] ?? '').startsWith('-') && args[at] !== '-m') {
    if (args[at] === '-c') return undefined;
    at += args[at] === '-W' || args[at] === '-X' ? 2 : 1;
  }
  if (args[at] !== '-m') return undefined;
  return args.slice(at + 1);
}

function dropOptions(words: readonly string[], withValue: readonly string[]): string[] {
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? '';
    if (word === '--') return words.slice(at + 1);
    if (!word.startsWith('-')) break;
    // `coverage run -m pytest`: the module is the program.
    if (word === '-m') return words.slice(at + 1);
    at += withValue.includes(word) ? 2 : 1;
  }
  return words.slice(at);
}

/** `/usr/bin/python3` is `python3`, `./node_modules/.bin/jest` is `jest`, `./gradlew` is `gradlew`. */
function plainName(word: string): string {
  return basename(word);
}

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'eval', 'su']);

/** Scripts that a call hands to another shell: `bash -c TEXT`, `eval TEXT`, `sh <<EOF`. */
function scriptsWithin(call: ShellCall): string[] {
  const { program, args } = programOf(call.words);
  if (!shells.has(program)) return [];
  const given = call.input === undefined ? [] : [call.input];
  if (program === 'eval') return [...given, args.join(' ')];
  const option = args.findIndex((word) => /^-[a-z]*c$/.test(word) || word === '--command');
  return option === -1 ? given : [...given, args[option + 1] ?? ''];
}

/** Every call of a script, also of scripts that it hands to other shells. */
export async function everyCall(script: string, depth = 0): Promise<ShellCall[]> {
  const { calls } = await readShell(script);
  const all: ShellCall[] = [];
  for (const call of calls) {
    all.push(call);
    // Deeper than anybody writes: what is in there is not looked at, and is no command we accept.
    if (depth < 5) {
      for (const inner of scriptsWithin(call)) all.push(...(await everyCall(inner, depth + 1)));
    }
  }
  return all;
}
