// Looks through the programs that only start or measure another program: `nyc mocha` is mocha.
import type { ShellCommand } from './shell-words.ts';

const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s;

/** Programs that run the rest of their line after options of their own. */
const WRAPPERS = new Set([
  'nyc',
  'c8',
  'npx',
  'pnpx',
  'bunx',
  'time',
  'timeout',
  'xvfb-run',
  'dotenv',
  'exec',
  'command',
  'cross-env',
  'cross-env-shell',
  'env',
  'istanbul',
  'hard-rejection',
  'monocart',
  'corepack',
]);

/** A wrapper's options may take a word of their own; the program is the first that is known. */
const PROGRAMS = new Set([
  'node',
  'tsx',
  'ts-node',
  'mocha',
  '_mocha',
  'jest',
  'vitest',
  'tape',
  'tap',
  'borp',
  'ava',
  'npm',
  'pnpm',
  'yarn',
  'bun',
  'jasmine',
  'uvu',
  'lab',
  'tsc',
  'electron-mocha',
  'ts-mocha',
  'nyc',
  'c8',
  'cross-env',
  'npx',
  'run-s',
  'run-p',
  'npm-run-all',
]);

/** The command inside, with the variables that the wrappers set. */
export function unwrap(command: ShellCommand): ShellCommand {
  const env = { ...command.env };
  let words = [...command.words];
  for (let depth = 0; depth < 8; depth += 1) {
    const program = programName(words[0] ?? '');
    // Package managers have it, and so do the tools that stand in for them.
    if (
      ['exec', 'x', 'dlx'].includes(words[1] ?? '') &&
      (['npm', 'pnpm', 'yarn'].includes(program) ||
        words.slice(2).some((word) => PROGRAMS.has(programName(word))))
    ) {
      words = inner(words.slice(2), env);
    } else if (WRAPPERS.has(program)) words = inner(words.slice(1), env);
    else break;
  }
  return { env, words: nodePrograms(words, env) };
}

/** `./node_modules/.bin/mocha` is `mocha`. */
export function programName(word: string): string {
  const bin = /(?:^|\/)node_modules\/\.bin\/([^/]+)$/.exec(word);
  return bin?.[1] ?? word;
}

function inner(words: readonly string[], env: Record<string, string>): string[] {
  let at = 0;
  let options = false;
  for (; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const assignment = ASSIGNMENT.exec(word);
    if (word === '--') {
      at += 1;
      break;
    }
    if (PROGRAMS.has(programName(word))) break;
    if (word.startsWith('-')) options = true;
    else if (assignment) env[assignment[1] ?? ''] = assignment[2] ?? '';
    else if (word === 'cover' || word === 'report') options = true;
    else if (!options) break;
  }
  // No program that we know among the words: the options took none of them.
  if (at >= words.length && words.length > 0) return words.filter((word) => !word.startsWith('-'));
  return words.slice(at);
}

/** `tsx --test` and `node ./node_modules/mocha/bin/mocha` in one form: node's options go to node. */
function nodePrograms(words: readonly string[], env: Record<string, string>): string[] {
  const [first = '', ...rest] = words;
  const program = programName(first);
  if (program === 'tsx') return ['node', '--import', 'tsx', ...rest];
  if (program === 'ts-node') return ['node', '-r', 'ts-node/register', ...rest];
  if (program === 'ts-mocha') return ['mocha', '-r', 'ts-node/register', ...rest];
  if (program === '_mocha') return ['mocha', ...rest];
  if (program !== 'node') return [program, ...rest];
  const at = rest.findIndex((word) => packageOf(word) !== undefined);
  if (at === -1) return ['node', ...rest];
  const options = rest.slice(0, at);
  if (options.length > 0) {
    env['NODE_OPTIONS'] = [env['NODE_OPTIONS'], ...options].filter(Boolean).join(' ');
  }
  return [packageOf(rest[at] ?? '') ?? '', ...rest.slice(at + 1)];
}

function packageOf(word: string): string | undefined {
  const found =
    /(?:^|\/)node_modules\/(?:\.bin\/)?(_?mocha|jest|vitest|tape|tap|borp|nyc|c8)(?:\/|$)/.exec(
      word,
    );
  return found?.[1]?.replace('_', '');
}
