// Reads the test command that an input row gives, and finds the framework that it calls.
import { posix } from 'node:path';
import type { Detection, Framework, RepositoryFacts } from '../core/framework.ts';
import { dropOptions, splitArguments } from '../frameworks/runner-arguments.ts';
import { parseShell, type ShellCommand } from '../frameworks/shell-words.ts';
import { isRecord, recordAt } from './facts.ts';

/** Options of pytest that take the next word as their value. */
const withValue = new Set([
  '-c',
  '-k',
  '-m',
  '-n',
  '-o',
  '-p',
  '-r',
  '-W',
  '--basetemp',
  '--confcutdir',
  '--cov',
  '--cov-config',
  '--cov-report',
  '--deselect',
  '--durations',
  '--ignore',
  '--ignore-glob',
  '--import-mode',
  '--junit-xml',
  '--junitxml',
  '--maxfail',
  '--numprocesses',
  '--rootdir',
  '--tb',
]);

/** Reporting, stopping early, repeating and parallel workers: ours to decide. */
const ours =
  /^(?:-[qsvx]+|-n|-r.*|--verbose|--quiet|--exitfirst|--maxfail|--tb|--color|--durations.*|--junit-?xml|--cov.*|--no-cov.*|--numprocesses|--reruns.*|--last-failed|--lf|--failed-first|--ff|--html.*|--json-report.*)$/;

/** What the script runs, as if it had been recognised; undefined when no framework is called in it. */
export function readTestScript(
  script: string,
  facts: RepositoryFacts,
  frameworks: readonly Framework[],
): { framework: Framework; detection: Detection } | undefined {
  const because = 'The input row gives this test command.';
  let cwd = '.';
  const env: Record<string, string> = {};
  for (const command of parseShell(script.replaceAll('\\\n', ' '))) {
    const [program, ...rest] = command.words;
    if (program === 'cd') cwd = changeFolder(cwd, rest[0] ?? '.');
    if (program === 'export') Object.assign(env, assignments(rest));
    const python = pythonCall(command);
    const framework = frameworks.find((known) => known.name === python?.framework);
    if (!framework || !python) continue;
    const detected = framework.detect(facts)?.setting;
    const setting = {
      framework: framework.name,
      args:
        python.framework === 'pytest'
          ? pytestArguments(python.args)
          : (unittestArguments(python.args, cwd, facts) ?? detected?.args ?? []),
      env: { ...detected?.env, ...env, ...command.env },
      cwd,
    };
    return { framework, detection: { setting, confidence: 3, because } };
  }
  return readAsPackageScript(script, { facts, frameworks, because, cwd, env });
}

interface PackageScript {
  facts: RepositoryFacts;
  frameworks: readonly Framework[];
  because: string;
  /** Where the script's `cd` leads. */
  cwd: string;
  /** What it exports. */
  env: Readonly<Record<string, string>>;
}

/** For JavaScript a test command is what package.json would hold as its test script. */
function readAsPackageScript(
  script: string,
  { facts, frameworks, because, cwd, env }: PackageScript,
): { framework: Framework; detection: Detection } | undefined {
  const inside = cwd === '.' ? facts : factsWithin(facts, cwd);
  const scripts = scriptsCalled(script, recordAt(inside.packageJson, 'scripts'));
  const packaged = { ...inside, packageJson: { ...inside.packageJson, scripts } };
  for (const framework of frameworks) {
    if (framework.languages.includes('python')) continue;
    const detection = framework.detect(packaged);
    if (detection?.confidence !== 3) continue;
    const { setting } = detection;
    return {
      framework,
      detection: {
        ...detection,
        because,
        setting: {
          ...setting,
          env: { ...env, ...setting.env },
          cwd: posix.join(cwd, setting.cwd),
          ...(setting.build === undefined ? {} : { build: originalNames(setting.build) }),
        },
      },
    };
  }
  return undefined;
}

const given = 'given-test';

/**
 * The given script under the name `test`, and the package's own scripts as far as it calls them:
 * what it does not call must not be taken for what it does.
 */
function scriptsCalled(
  script: string,
  own: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const { test, pretest, ...others } = own;
  const known: Readonly<Record<string, unknown>> = {
    ...others,
    [given]: test,
    [`pre${given}`]: pretest,
  };
  const body = script.replaceAll(
    /\b(npm|pnpm|yarn|bun)((?:\s+-\S+)*)\s+(?:run(?:-script)?\s+)?(?:test|tst|t)(?=[\s;&]|$)/g,
    `$1$2 run ${given}`,
  );
  const called: Record<string, string> = { test: body };
  let grown = true;
  while (grown) {
    grown = false;
    const words = new Set(Object.values(called).flatMap((text) => text.split(/[\s;&|"']+/)));
    for (const [name, text] of Object.entries(known)) {
      if (typeof text !== 'string' || Object.hasOwn(called, name)) continue;
      const main = name.replace(/^pre/, '');
      const prefix = name.slice(0, name.lastIndexOf(':') + 1);
      const wanted = [
        name,
        `npm:${name}`,
        main,
        ...(prefix === '' ? [] : [`${prefix}*`, `npm:${prefix}*`]),
      ];
      if (!wanted.some((word) => words.has(word))) continue;
      called[name] = text;
      grown = true;
    }
  }
  return called;
}

/** A build is a command of the repository, where the script has its own name again. */
function originalNames(build: string): string {
  return build.replaceAll(`run ${given}`, 'run test');
}

/** The facts of a folder as if it were the root. */
function factsWithin(facts: RepositoryFacts, folder: string): RepositoryFacts {
  const prefix = `${folder}/`;
  const text = facts.read(`${prefix}package.json`);
  return {
    files: facts.files
      .filter((file) => file.startsWith(prefix))
      .map((file) => file.slice(prefix.length)),
    read: (path) => facts.read(prefix + path),
    packageJson: parseObject(text),
    pyproject: undefined,
  };
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    // As for the root: a manifest that cannot be read counts as absent.
    return undefined;
  }
}

/** `pytest …`, `python -m pytest …`, `poetry run pytest …`, `coverage run -m unittest …`. */
function pythonCall(command: ShellCommand): { framework: string; args: string[] } | undefined {
  const at = command.words.findIndex((word) =>
    /^(?:.*\/)?(?:pytest|py\.test|unittest)$/.test(word),
  );
  if (at === -1 || /^(?:pip|uv|poetry|apt|conda)$/.test(command.words[at - 2] ?? ''))
    return undefined;
  if (command.words.slice(0, at).includes('install')) return undefined;
  const framework = command.words[at]?.endsWith('unittest') ? 'unittest' : 'pytest';
  return { framework, args: command.words.slice(at + 1) };
}

function pytestArguments(words: readonly string[]): string[] {
  const { options, targets } = splitArguments(dropOptions(words, ours, withValue), withValue);
  return targets.length === 0 ? options : [...options, '--', ...targets];
}

/** Options of unittest that our runner knows too, by their short names. */
const unittestOptions: Readonly<Record<string, string>> = {
  '-p': '-p',
  '--pattern': '-p',
  '-s': '-s',
  '--start-directory': '-s',
  '-t': '-t',
  '--top-level-directory': '-t',
};

/**
 * Where unittest is told to look; undefined when it is not told, or told what only it understands:
 * then what was recognised from the files is run.
 */
function unittestArguments(
  words: readonly string[],
  cwd: string,
  { files }: RepositoryFacts,
): string[] | undefined {
  const options: string[] = [];
  const targets: string[] = [];
  const rest = words.flatMap((word) => /^(--[\w-]+)=(.*)$/.exec(word)?.slice(1) ?? [word]);
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    const known = unittestOptions[word];
    if (known !== undefined) options.push(known, rest[(at += 1)] ?? '');
    else if (word === '-k') at += 1;
    else if (!word.startsWith('-') && word !== 'discover') targets.push(word);
  }
  if (words.includes('discover')) {
    for (const [index, option] of ['-s', '-p', '-t'].entries()) {
      if (targets[index] !== undefined) options.push(option, targets[index]);
    }
    return options.length === 0 ? undefined : options;
  }
  if (targets.length === 0) return options.length === 0 ? undefined : options;
  const [target = '', ...others] = targets;
  const path = target.endsWith('.py') ? target : `${target.replaceAll('.', '/')}.py`;
  if (others.length > 0 || !files.includes(posix.join(cwd, path))) return undefined;
  return ['-s', posix.dirname(path), '-p', posix.basename(path)];
}

/** Rows made for SWE-bench's images name the repository `/testbed`. */
function changeFolder(cwd: string, target: string): string {
  const path = target.replace(/^\/testbed\/?/, '').replace(/^\.\/|\/+$/g, '');
  if (path === '' || path === '.') return target.startsWith('/') ? '.' : cwd;
  return target.startsWith('/') || cwd === '.' ? path.replace(/^\/+/, '') : `${cwd}/${path}`;
}

function assignments(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words
      .map((word) => /^(?<name>[A-Za-z_]\w*)=(?<value>[^]*)$/.exec(word)?.groups)
      .flatMap((match) => (match ? [[match['name'] ?? '', match['value'] ?? ''] as const] : [])),
  );
}
