// node:test: Node's own runner, so JavaScript suites need nothing installed.
import { join } from 'node:path/posix';
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import { defineFramework } from '../core/framework.ts';
import picomatch from 'picomatch';
import { findScriptedRunner } from './package-scripts.ts';
import { parseReport } from './report.ts';
import { shellCommand } from './shell-quote.ts';
import { dropOptions, splitArguments } from './runner-arguments.ts';
import { fromFolder, selectedFiles, suiteEnvironment } from './suite-call.ts';

const TEST_FILE =
  /(^|\/)(test\.[cm]?[jt]s|test-[^/]+\.[cm]?[jt]s|[^/]+[.\-_]test\.[cm]?[jt]s)$|^test\/.*\.[cm]?[jt]s$/;
const USES_NODE_TEST = /['"]node:test['"]/;

/** Options that take the next word as their value. */
const WITH_VALUE = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--env-file',
  '--test-name-pattern',
  '--test-skip-pattern',
  '--test-timeout',
  '--test-isolation',
  '--experimental-test-isolation',
  '--test-global-setup',
  '--test-reporter',
  '--test-reporter-destination',
  '--test-concurrency',
  '--test-shard',
  '--test-coverage-include',
  '--test-coverage-exclude',
  '--test-coverage-lines',
  '--test-coverage-branches',
  '--test-coverage-functions',
  '--disable-warning',
]);

const BORP_WITH_VALUE = new Set([
  '-p',
  '--pattern',
  '-t',
  '--timeout',
  '-C',
  '--concurrency',
  '-i',
  '--ignore',
  '-r',
  '--reporter',
  '--lines',
  '--functions',
  '--branches',
  '--statements',
  '-X',
  '--coverage-exclude',
]);

/** Reporting, coverage, watching and parallel files: ours to decide. */
const OURS =
  /^(--test-reporter.*|--test-coverage-.*|--experimental-test-coverage|--watch.*|--test-concurrency|--test-shard|--test-only|--test|--test-isolation|--experimental-test-isolation|--test-update-snapshots)$/;

export default defineFramework({
  name: 'node-test',
  summary: "Node's own test runner, without anything installed.",
  languages: ['javascript', 'typescript'],
  requires: {},
  selects: 'file',
  warm: false,
  screener: 'javascript',
  logParser: 'parse_log_tap',
  detect,
  command(request) {
    const { options, targets } = splitArguments(request.setting.args, WITH_VALUE);
    const files = selectedFiles(request.selection);
    return {
      argv: [
        'node',
        ...options,
        '--test',
        '--test-concurrency=1',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        `--test-reporter=${join(request.runnersPath, 'javascript/node-test.mjs')}`,
        '--test-reporter-destination=stderr',
        ...(files === undefined ? targets : fromFolder(request.setting, files)),
      ],
      env: suiteEnvironment(request),
    };
  },
  parse: parseReport,
  plainCommand(setting, selection) {
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    const files = selectedFiles(selection);
    const paths = files === undefined ? targets : fromFolder(setting, files);
    return shellCommand(['node', ...options, '--test', '--test-reporter=tap', ...paths], setting);
  },
});

function detect(facts: RepositoryFacts): Detection | undefined {
  const scripted = findScriptedRunner(facts, (call) => nodeTestArguments(call.words, facts.files));
  if (scripted !== undefined) {
    const { args, env, build, script } = scripted;
    return {
      setting: {
        framework: 'node-test',
        args,
        env,
        cwd: '.',
        ...(build === undefined ? {} : { build }),
      },
      confidence: 3,
      because: `The script "${script}" runs node:test.`,
    };
  }
  const found = facts.files.find(
    (file) => TEST_FILE.test(file) && USES_NODE_TEST.test(facts.read(file) ?? ''),
  );
  if (found === undefined) return undefined;
  return {
    setting: { framework: 'node-test', args: [], env: {}, cwd: '.' },
    confidence: 2,
    because: `${found} imports node:test.`,
  };
}

/** The arguments of a `node … --test …` command without those that are ours. */
function nodeTestArguments(
  words: readonly string[],
  files: readonly string[],
): string[] | undefined {
  const [program, ...rest] = words;
  if (program === 'borp') return borpFiles(rest, files);
  if (program !== 'node' || !rest.some((word) => word === '--test')) return undefined;
  return dropOptions(rest, OURS, WITH_VALUE);
}

/** borp is a front of node:test with patterns of its own. */
function borpFiles(words: readonly string[], files: readonly string[]): string[] {
  const { options, targets } = splitArguments(words, BORP_WITH_VALUE);
  const at = options.findIndex((word) => word === '-p' || word === '--pattern');
  const patterns = [...targets, ...(at === -1 ? [] : options.slice(at + 1, at + 2))];
  const matches = picomatch(patterns.length === 0 ? '**/*.test.{js,cjs,mjs,ts,cts,mts}' : patterns);
  return files.filter((file) => matches(file) && !/(^|\/)fixtures?\//.test(file));
}
