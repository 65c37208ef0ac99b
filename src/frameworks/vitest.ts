// vitest: one run without watching, with the repository's own configuration and our reporter.
import { join } from 'node:path/posix';
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import { defineFramework } from '../core/framework.ts';
import { detectPackageRunner } from './package-runner.ts';
import { parseReport } from './report.ts';
import { dropOptions, splitArguments } from './runner-arguments.ts';
import { shellCommand } from './shell-quote.ts';
import { fromFolder, selectedFiles, suiteEnvironment } from './suite-call.ts';

const WITH_VALUE = new Set([
  '-c',
  '--config',
  '-r',
  '--root',
  '--dir',
  '--project',
  '--environment',
  '--pool',
  '--mode',
  '--exclude',
  '-t',
  '--testNamePattern',
  '--testTimeout',
  '--hookTimeout',
  '--workspace',
  '--reporter',
  '--outputFile',
  '--shard',
  '--retry',
  '--maxWorkers',
]);

/** Reporting, coverage, watching, early ends and parallel files: ours to decide. Types are no tests. */
const OURS =
  /^(--reporters?|--coverage(\..*)?|--typecheck(\..*)?|--watch|-w|--run|--ui|--open|--bail|--outputFile.*|--shard|--changed|--silent|--update|-u|--color|--api.*|--inspect.*|--no-file-parallelism|--fileParallelism|--maxWorkers|--minWorkers|--hideSkippedTests|--no-color|--standalone|--clearScreen)$/;

/** Subcommands of vitest that run tests. */
const RUN = new Set(['run', 'watch', 'dev', 'related']);

export default defineFramework({
  name: 'vitest',
  summary: 'Vitest suites, one file after the other and without coverage.',
  languages: ['javascript', 'typescript'],
  requires: { node: ['vitest'] },
  selects: 'file',
  warm: false,
  screener: 'javascript',
  logParser: 'parse_log_vitest',
  detect,
  command(request) {
    const { setting, runnersPath } = request;
    const files = selectedFiles(request.selection);
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    return {
      argv: [
        'node',
        join(runnersPath, 'javascript/start.mjs'),
        'vitest',
        'run',
        ...options,
        `--reporter=${join(runnersPath, 'javascript/vitest.mjs')}`,
        '--coverage.enabled=false',
        '--no-file-parallelism',
        '--bail=0',
        '--sequence.seed=24',
        ...(files === undefined ? targets : fromFolder(setting, files)),
      ],
      env: { CI: 'true', ...suiteEnvironment(request) },
    };
  },
  parse: parseReport,
  plainCommand(setting, selection) {
    const files = selectedFiles(selection);
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    const paths = files === undefined ? targets : fromFolder(setting, files);
    const words = ['npx', 'vitest', 'run', ...options, '--reporter=verbose', ...paths];
    return shellCommand(words, setting);
  },
});

function detect(facts: RepositoryFacts): Detection | undefined {
  const found = detectPackageRunner(facts, {
    framework: 'vitest',
    packageName: 'vitest',
    configuration: CONFIGURATION,
    match([program, ...rest]) {
      if (program !== 'vitest') return undefined;
      const [first = ''] = rest;
      if (['bench', 'typecheck', 'list', 'init'].includes(first)) return undefined;
      return dropOptions(RUN.has(first) ? rest.slice(1) : rest, OURS, WITH_VALUE);
    },
  });
  if (!found || !expectsGlobals(facts) || found.setting.args.includes('--globals')) return found;
  return { ...found, setting: { ...found.setting, args: ['--globals', ...found.setting.args] } };
}

const CONFIGURATION = /(^|\/)vitest\.(config|workspace)\.[cm]?[jt]s(on)?$/;
const TEST_FILE = /\.(?:test|spec)\.[cm]?[jt]sx?$/;

/** Published archives leave the configuration out, and with it what says that `test` needs no import. */
function expectsGlobals(facts: RepositoryFacts): boolean {
  if (facts.files.some((file) => CONFIGURATION.test(file) || /(^|\/)vite\.config\./.test(file)))
    return false;
  return facts.files.some((file) => {
    const text = TEST_FILE.test(file) ? (facts.read(file) ?? '') : '';
    return /^(?:describe|it|test)\(/m.test(text) && !/from\s+['"]vitest['"]/.test(text);
  });
}
