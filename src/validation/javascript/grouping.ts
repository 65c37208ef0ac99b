// Runs many test files in one process where the framework usually starts one for each: starting costs more than testing.
import { join } from 'node:path/posix';
import type { SuiteCommand, SuiteRequest } from '../../core/framework.ts';
import type { SuiteHost } from '../suite.ts';
import { startsProcessPerFile } from './process-model.ts';

/**
 * The same suite with a shared process; undefined where the framework has no such way. Only for
 * files that were seen to give the same results so.
 */
export function groupInOneProcess({ sandbox, framework, spec }: SuiteHost): SuiteHost | undefined {
  const change = waysToShare[framework.name];
  if (change === undefined || (framework.name === 'node-test' && !startsProcessPerFile(spec.test)))
    return undefined;
  return {
    sandbox,
    spec,
    framework: {
      ...framework,
      command: (request) => change(framework.command(request), request),
    },
  };
}

const waysToShare: Partial<
  Record<string, (command: SuiteCommand, request: SuiteRequest) => SuiteCommand>
> = {
  'node-test': (command, { runnersPath }) => {
    const ours = `--test-reporter=${join(runnersPath, 'javascript/node-test.mjs')}`;
    const theirs = `--test-reporter=${join(runnersPath, 'javascript/warm-node-test.mjs')}`;
    return {
      ...command,
      argv: command.argv.flatMap((word) => {
        if (word === '--test') return ['--test', '--test-isolation=none'];
        return word === ours ? [theirs] : [word];
      }),
    };
  },
  vitest: (command) => ({ ...command, argv: [...command.argv, '--no-isolate'] }),
};
