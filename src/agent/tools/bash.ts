// The tool with which an agent does most of its work: a shell that remembers where it is.
import { z } from 'zod';
import { defineTool, type Workbench } from '../../core/agent.ts';
import { openShellSession, type ShellResult, type ShellSession } from './shell/session.ts';

export interface BashSettings {
  /** The longest and the default time limit of a command, seconds. */
  seconds: number;
  /** Bytes of output kept. */
  outputBytes: number;
}

const KEY = {};
const FOLDER = 'shellFolder';

/** Makes the tool with limits of one's own. */
export function bashTool({ seconds, outputBytes }: BashSettings): ReturnType<typeof defineTool> {
  return defineTool({
    name: 'bash',
    description: `Run a shell command. The working folder and exported variables carry over from call to call. A command gets no input and must end within ${seconds} seconds: run servers and other long jobs in the background with their output sent to a file, and look at the file later. Very long output loses its middle.`,
    parameters: z.object({
      command: z.string().min(1).describe('The command; may be a script of several lines.'),
      timeout: z
        .number()
        .positive()
        .max(seconds)
        .optional()
        .describe(`Seconds after which it is ended. Default ${seconds}.`),
    }),
    // The shell ends the command itself; this is for a shell that no longer answers.
    timeoutMs: (seconds + 15) * 1000,
    run: async ({ command, timeout }, { bench, signal }) => {
      const limits = { seconds: timeout ?? seconds, outputBytes };
      const result = await sessionOf(bench).run(command, limits, signal);
      bench.state[FOLDER] = result.folder;
      return {
        content: describe(result, limits.seconds),
        data: { outcome: result.outcome, exitCode: result.exitCode, folder: result.folder },
      };
    },
  });
}

export default bashTool({ seconds: 300, outputBytes: 200_000 });

function sessionOf(bench: Workbench): ShellSession {
  return bench.keep(KEY, () =>
    openShellSession(bench.sandbox, () => {
      const folder = bench.state[FOLDER];
      return typeof folder === 'string' && folder !== '' ? folder : bench.folder;
    }),
  );
}

function describe(result: ShellResult, seconds: number): string {
  const output = result.output.trimEnd();
  return `${output}${output === '' ? '' : '\n'}[${ending(result, seconds)}]`;
}

function ending(result: ShellResult, seconds: number): string {
  switch (result.outcome) {
    case 'exited':
      return `exit code ${result.exitCode}`;
    case 'timed-out':
      return `ended after ${seconds} s: the time limit`;
    case 'output-limit':
      return 'ended: it printed far too much';
    case 'lost':
      return `the shell ended, and everything in the background with it; the next command starts a new one in ${result.folder}`;
    default:
      return result.outcome satisfies never;
  }
}
