// tap: tape, node-tap and plain scripts, each file in a process of its own, told by the TAP they print.
import { join } from 'node:path/posix';
import picomatch from 'picomatch';
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import { defineFramework } from '../core/framework.ts';
import { dependsOn, fromScript } from './package-runner.ts';
import { findScriptedRunner } from './package-scripts.ts';
import { parseReport } from './report.ts';
import { splitArguments } from './runner-arguments.ts';
import { quoteWord, shellCommand } from './shell-quote.ts';
import { fromFolder, selectedFiles, suiteEnvironment } from './suite-call.ts';

const WITH_VALUE = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '-i',
  '--ignore',
  '-R',
  '--reporter',
  '-j',
  '--jobs',
  '-t',
  '--timeout',
]);

/** Options of `tape` and `tap` themselves; Node knows only how to load. */
const FOR_NODE =
  /^(-r|--require|--import|--loader|--experimental-.*|--no-warnings.*|--harmony.*|-C|--conditions|--max-.*|--expose.gc|--enable-source-maps|--stack-.*)$/;

const SCRIPT = /\.[cm]?[jt]sx?$/;
const TEST_NAME =
  /(^|\/)(tests?|spec)\/|(^|\/)(tests?|[^/]*[.\-_](test|spec)|test[.\-_][^/]*)\.[cm]?[jt]s$/;
const NOT_TESTS =
  /(^|\/)(fixtures?|helpers?|support|common|node_modules|browser|coverage|bench\w*)(\/|\.[cm]?[jt]s$)/;
const USES_TAP =
  /(?:require\(|from )\s*['"](?:tape|tap|t-a-p|@tapjs\/tap|tape-promise[\w/]*|fresh-tape|tapes)['"]/;

export default defineFramework({
  name: 'tap',
  summary: 'tape, node-tap, and scripts that print TAP or just exit.',
  languages: ['javascript', 'typescript'],
  requires: {},
  selects: 'file',
  warm: false,
  screener: 'javascript',
  logParser: 'parse_log_tap',
  detect,
  command(request) {
    const { setting, runnersPath } = request;
    const files = selectedFiles(request.selection);
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    const paths = files === undefined ? targets : fromFolder(setting, files);
    return {
      argv: ['node', join(runnersPath, 'javascript/tap.mjs'), ...options, '--', ...paths],
      env: suiteEnvironment(request),
    };
  },
  parse: parseReport,
  plainCommand(setting, selection) {
    const files = selectedFiles(selection);
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    const paths = files === undefined ? targets : fromFolder(setting, files);
    const [only] = paths;
    if (paths.length === 1 && only !== undefined) {
      return shellCommand(['node', ...options, only], setting);
    }
    const call = ['node', ...options.map(quoteWord), '"$file"'].join(' ');
    const loop = `for file in ${paths.map(quoteWord).join(' ')}; do ${call}; done`;
    return shellCommand(['sh', '-c', loop], setting);
  },
});

function detect(facts: RepositoryFacts): Detection | undefined {
  const scripted = findScriptedRunner(facts, (call) => tapArguments(call.words, facts), {
    every: true,
  });
  if (scripted !== undefined) {
    const detection = fromScript('tap', scripted);
    const { targets } = splitArguments(scripted.args, WITH_VALUE);
    return {
      ...detection,
      because: `The script "${scripted.script}" runs ${targets.length === 1 ? targets[0] : `${targets.length} test files`}.`,
    };
  }
  const files = facts.files.filter(
    (file) => TEST_NAME.test(file) && SCRIPT.test(file) && USES_TAP.test(facts.read(file) ?? ''),
  );
  const [first] = files;
  if (first === undefined) return undefined;
  const named = ['tape', 'tap'].some((name) => dependsOn(facts, name));
  return {
    setting: { framework: 'tap', args: files, env: {}, cwd: '.' },
    confidence: named ? 2 : 1,
    because: `${first} prints TAP.`,
  };
}

/** Node's options and the files, in order, of a command that runs scripts as tests. */
function tapArguments(words: readonly string[], facts: RepositoryFacts): string[] | undefined {
  const [program, ...rest] = words;
  if (program !== 'tape' && program !== 'tap' && program !== 'node') return undefined;
  if (rest.some((word) => word === '--test' || word === '-e' || word === '-p')) return undefined;
  const { options, targets } = splitArguments(rest, WITH_VALUE);
  const files = targets.flatMap((target) => filesOf(target, facts.files));
  if (program === 'node') {
    // What follows the script are its own arguments; a script that is no test is none of ours.
    const [script] = files;
    return script !== undefined && isDefaultTest(script) ? [...options, script] : undefined;
  }
  if (targets.length === 0) files.push(...facts.files.filter(isDefaultTest));
  return files.length === 0 ? undefined : [...nodeOptions(options), ...files];
}

function nodeOptions(options: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < options.length; at += 1) {
    const word = options[at] ?? '';
    const takesValue = WITH_VALUE.has(word);
    const value = options[at + 1];
    if (FOR_NODE.test(word.split('=', 1)[0] ?? '')) {
      kept.push(word);
      if (takesValue && value !== undefined) kept.push(value);
    }
    if (takesValue) at += 1;
  }
  return kept;
}

const isDefaultTest = (file: string): boolean =>
  SCRIPT.test(file) && TEST_NAME.test(file) && !NOT_TESTS.test(file);

/** The files that a word names: itself, a folder's index, or a quoted pattern's matches. */
function filesOf(word: string, files: readonly string[]): string[] {
  const path = word.replace(/^\.\//, '').replace(/\/$/, '');
  if (/[*?[{(]/.test(path)) {
    const matches = picomatch(path);
    return files.filter((file) => SCRIPT.test(file) && matches(file));
  }
  const candidates = [path, `${path}.js`, `${path}.mjs`, `${path}.cjs`, `${path}/index.js`];
  const found = candidates.find((candidate) => files.includes(candidate));
  return found === undefined ? [] : [found];
}
