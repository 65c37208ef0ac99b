// jest: run in one process, with the repository's own configuration and our reporter.
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
  '--rootDir',
  '--roots',
  '--env',
  '--testTimeout',
  '-t',
  '--testNamePattern',
  '--testPathPattern',
  '--testPathPatterns',
  '--testPathIgnorePatterns',
  '--testRegex',
  '--testMatch',
  '--selectProjects',
  '--projects',
  '--setupFilesAfterEnv',
  '--reporters',
  '-w',
  '--maxWorkers',
  '--coverageDirectory',
  '--coverageReporters',
  '--outputFile',
  '--shard',
  '--seed',
]);

/** Reporting, coverage, watching, early ends and parallel files: ours to decide. */
const OURS =
  /^(--reporters?|--coverage.*|--collectCoverage.*|--watch.*|--ci|--bail|-b|-i|--runInBand|-w|--maxWorkers|--verbose|--silent|--json|--outputFile|--shard|--onlyChanged|-o|--lastCommit|--changedSince|--forceExit|--logHeapUsage|--notify.*|--updateSnapshot|-u|--colors?|--randomize)$/;

export default defineFramework({
  name: 'jest',
  summary: 'Jest suites, in one process and without coverage.',
  languages: ['javascript', 'typescript'],
  requires: { node: ['jest'] },
  selects: 'file',
  warm: false,
  screener: 'javascript',
  logParser: 'parse_log_jest',
  detect,
  command(request) {
    const { setting, runnersPath } = request;
    const files = selectedFiles(request.selection);
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    return {
      argv: [
        'node',
        join(runnersPath, 'javascript/start.mjs'),
        'jest',
        ...options,
        '--ci',
        '--runInBand',
        '--coverage=false',
        '--watchAll=false',
        '--bail=0',
        `--reporters=${join(runnersPath, 'javascript/jest.mjs')}`,
        ...(files === undefined ? targets : ['--runTestsByPath', ...fromFolder(setting, files)]),
      ],
      env: suiteEnvironment(request),
    };
  },
  parse: parseReport,
  plainCommand(setting, selection) {
    const files = selectedFiles(selection);
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    const paths =
      files === undefined ? targets : ['--runTestsByPath', ...fromFolder(setting, files)];
    const words = ['npx', 'jest', ...options, '--ci', '--verbose', '--runInBand', ...paths];
    return shellCommand(words, setting);
  },
});

function detect(facts: RepositoryFacts): Detection | undefined {
  return detectPackageRunner(facts, {
    framework: 'jest',
    packageName: 'jest',
    configuration: /(^|\/)jest\.config\.[cm]?[jt]s(on)?$/,
    packageKey: 'jest',
    match: ([program, ...rest]) =>
      program === 'jest' ? dropOptions(rest, OURS, WITH_VALUE) : undefined,
  });
}
