// Reads the test command that an input row gives, and finds the framework that it calls.
import type { Detection, Framework, RepositoryFacts } from '../core/framework.ts';
import { dropOptions, splitArguments } from '../frameworks/runner-arguments.ts';
import { parseShell, type ShellCommand } from '../frameworks/shell-words.ts';
import { recordAt } from './facts.ts';

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
      args: python.framework === 'pytest' ? pytestArguments(python.args) : (detected?.args ?? []),
      env: { ...detected?.env, ...env, ...command.env },
      cwd,
    };
    return { framework, detection: { setting, confidence: 3, because } };
  }
  return readAsPackageScript(script, facts, frameworks, because);
}

/** For JavaScript a test command is what package.json would hold as its test script. */
function readAsPackageScript(
  script: string,
  facts: RepositoryFacts,
  frameworks: readonly Framework[],
  because: string,
): { framework: Framework; detection: Detection } | undefined {
  const scripts = recordAt(facts.packageJson, 'scripts');
  const packaged: RepositoryFacts = /\b(?:npm|pnpm|yarn)\b/.test(script)
    ? facts
    : { ...facts, packageJson: { ...facts.packageJson, scripts: { ...scripts, test: script } } };
  for (const framework of frameworks) {
    if (framework.languages.includes('python')) continue;
    const detection = framework.detect(packaged);
    if (detection?.confidence === 3) return { framework, detection: { ...detection, because } };
  }
  return undefined;
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
