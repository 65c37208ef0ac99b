// mocha: in one process, with the repository's own configuration and our reporter.
import { deflateSync } from 'node:zlib';
import { join } from 'node:path/posix';
import type { Detection, RepositoryFacts } from '../core/framework.ts';
import { defineFramework } from '../core/framework.ts';
import { detectPackageRunner } from './package-runner.ts';
import { parseReport } from './report.ts';
import { dropOptions, splitArguments } from './runner-arguments.ts';
import { shellCommand } from './shell-quote.ts';
import { fromFolder, selectedFiles, suiteEnvironment } from './suite-call.ts';

const WITH_VALUE = new Set([
  '-r',
  '--require',
  '-u',
  '--ui',
  '-t',
  '--timeout',
  '--timeouts',
  '-s',
  '--slow',
  '-g',
  '--grep',
  '-f',
  '--fgrep',
  '--file',
  '--spec',
  '--config',
  '--opts',
  '--package',
  '--extension',
  '--ignore',
  '--exclude',
  '--retries',
  '-R',
  '--reporter',
  '-O',
  '--reporter-option',
  '--reporter-options',
  '-j',
  '--jobs',
  '-n',
  '--node-option',
  '--loader',
  '--import',
  '--experimental-loader',
  '--globals',
]);

/** Reporting, watching, early ends and parallel files: ours to decide. */
const OURS =
  /^(-R|--reporter|-O|--reporter-options?|-b|--bail|-w|--watch.*|-p|--parallel|-j|--jobs|-c|--colors?|-C|--no-colors?|--growl|-G|--full-trace|--inline-diffs|--diff|--no-diff|--dry-run|--forbid-.*|-S|--sort)$/;

export default defineFramework({
  name: 'mocha',
  summary: 'Mocha suites, in one process.',
  languages: ['javascript', 'typescript'],
  requires: { node: ['mocha'] },
  selects: 'file',
  warm: false,
  screener: 'javascript',
  logParser: 'parse_log_tap',
  detect,
  command(request) {
    const { setting, runnersPath } = request;
    const reporter = join(runnersPath, 'javascript/mocha.cjs');
    const files = selectedFiles(request.selection);
    return {
      argv: [
        'node',
        join(runnersPath, 'javascript/start.mjs'),
        'mocha',
        '--require',
        reporter,
        '--reporter',
        reporter,
        '--no-bail',
        '--no-parallel',
        ...setting.args,
      ],
      env: {
        ...suiteEnvironment(request),
        // The configuration adds its own files to any that are named, so the reporter chooses.
        ...(files === undefined
          ? {}
          : { SWEMINT_FILES: deflateSync(JSON.stringify(files)).toString('base64') }),
      },
    };
  },
  parse: parseReport,
  plainCommand(setting, selection) {
    const files = selectedFiles(selection);
    const { options, targets } = splitArguments(setting.args, WITH_VALUE);
    const paths = files === undefined ? targets : fromFolder(setting, files);
    return shellCommand(['npx', 'mocha', ...options, '--reporter', 'tap', ...paths], setting);
  },
});

function detect(facts: RepositoryFacts): Detection | undefined {
  return detectPackageRunner(facts, {
    framework: 'mocha',
    packageName: 'mocha',
    configuration: /(^|\/)(\.mocharc\.([cm]?js|jsonc?|ya?ml)|mocha\.opts)$/,
    packageKey: 'mocha',
    match: ([program, ...rest]) =>
      program === 'mocha' ? dropOptions(rest, OURS, WITH_VALUE) : undefined,
  });
}
