// Follows package.json's scripts from `test` to the program that runs the tests.
import type { RepositoryFacts } from '../core/framework.ts';
import { readMakeTarget } from './makefile.ts';
import { programName, unwrap } from './script-wrappers.ts';
import type { ShellCommand } from './shell-words.ts';
import { parseShell } from './shell-words.ts';

export interface ScriptedRunner {
  /** The runner's arguments, as `match` gave them. */
  args: string[];
  env: Record<string, string>;
  /** A build that the script runs first, as a shell command. */
  build?: string;
  /** The script that holds the call. */
  script: string;
}

/** Scripts that hold the tests when `test` does not lead to them. */
const OTHER_SCRIPTS = [
  'test:unit',
  'unit',
  'tests-only',
  'test:node',
  'test-unit',
  'test:ci',
  'tests',
];

/** Programs, and names of scripts, that make what the tests then load. */
const BUILDERS = new Set([
  'tsc',
  'tsup',
  'tsdown',
  'rollup',
  'webpack',
  'esbuild',
  'babel',
  'swc',
  'unbuild',
  'rslib',
  'parcel',
  'microbundle',
  'bunchee',
  'pkgroll',
  'gulp',
  'grunt',
  'make',
  'node-gyp',
  'tshy',
  'zshy',
  'duel',
  'bob',
  'father',
  'lerna',
  'nx',
  'turbo',
  'vite',
  'preconstruct',
  'ncc',
  'tsc-multi',
  'pegjs',
]);
const BUILD_SCRIPT = /^(pre)?(build|compile|bundle|transpile|dist|generate|make)\b/;
/** Looks at the code without making anything; what it builds first is needed all the same. */
const CHECK_SCRIPT =
  /^(?:pre|post)?(?:lint|eslint|check|format|fmt|prettier|standard|types?|typecheck|flow|audit)\b/;
const NO_BUILD = /^--?(noEmit|no-emit|lint|check|w|watch)$/;

/**
 * Looks for a command that `match` accepts (it returns the runner's arguments), first from the
 * script `test`, then from other usual names; through wrappers and `npm run` alike.
 */
export function findScriptedRunner(
  facts: RepositoryFacts,
  match: (call: ShellCommand) => string[] | undefined,
  /** `every`: later commands of the same script that match add their arguments. */
  options: { every?: boolean } = {},
): ScriptedRunner | undefined {
  const scripts = scriptsOf(facts);
  for (const script of ['test', ...OTHER_SCRIPTS]) {
    const found = new Search(scripts, facts, match, options.every === true).follow(script, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The scripts of the root's package.json; empty without one. */
function scriptsOf(facts: RepositoryFacts): Record<string, string> {
  const scripts = facts.packageJson?.['scripts'];
  if (scripts === null || typeof scripts !== 'object') return {};
  return Object.fromEntries(
    Object.entries(scripts).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

/** One walk through the scripts; remembers what would run before the tests. */
class Search {
  readonly #scripts: Readonly<Record<string, string>>;
  readonly #facts: RepositoryFacts;
  readonly #match: (call: ShellCommand) => string[] | undefined;
  readonly #every: boolean;
  readonly #visited = new Set<string>();
  readonly #builds: string[] = [];

  constructor(
    scripts: Readonly<Record<string, string>>,
    facts: RepositoryFacts,
    match: (call: ShellCommand) => string[] | undefined,
    every: boolean,
  ) {
    this.#scripts = scripts;
    this.#facts = facts;
    this.#match = match;
    this.#every = every;
  }

  follow(name: string, extra: readonly string[]): ScriptedRunner | undefined {
    const text = Object.hasOwn(this.#scripts, name) ? this.#scripts[name] : undefined;
    if (text === undefined || this.#visited.has(name)) return undefined;
    this.#visited.add(name);
    const before = this.follow(`pre${name}`, []);
    if (before !== undefined) return before;
    return this.#walk(name, text, extra);
  }

  #walk(name: string, text: string, extra: readonly string[]): ScriptedRunner | undefined {
    const commands = parseShell(text, this.#facts.files).map(unwrap);
    for (const [index, command] of commands.entries()) {
      // `npm run x -- --flag` adds the words to the end of the script.
      const last = index === commands.length - 1;
      const call = last ? { ...command, words: [...command.words, ...extra] } : command;
      const args = this.#match(call);
      if (args !== undefined) {
        const build = this.#builds.join(' && ');
        const later = this.#every ? commands.slice(index + 1) : [];
        args.push(...later.flatMap((next) => this.#match(next) ?? []));
        return { args, env: call.env, script: name, ...(build === '' ? {} : { build }) };
      }
      const found = this.#enter(call);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #enter(call: ShellCommand): ScriptedRunner | undefined {
    for (const { name, extra } of calledScripts(call.words, Object.keys(this.#scripts))) {
      const known = this.#builds.length;
      const found = this.follow(name, extra);
      if (found !== undefined) {
        return { ...found, env: { ...call.env, ...found.env } };
      }
      const builds = this.#builds.length > known && !CHECK_SCRIPT.test(name);
      if (builds || BUILD_SCRIPT.test(name)) {
        // The script as a whole: it may clean and copy, too.
        this.#builds.splice(known, Infinity, `npm run ${name}`);
      }
    }
    const [program = '', ...rest] = call.words;
    if (program === 'make') {
      for (const target of rest.filter(
        (word) => /^[\w./-]+$/.test(word) && !word.startsWith('-'),
      )) {
        const found = this.#make(target);
        if (found !== undefined) return found;
      }
    }
    if (BUILDERS.has(program) && !rest.some((word) => NO_BUILD.test(word))) {
      this.#builds.push(`npx ${call.words.join(' ')}`);
    }
    return undefined;
  }

  /** The tests of a Makefile's target; the files it needs are built first. */
  #make(target: string): ScriptedRunner | undefined {
    const found = readMakeTarget(this.#facts.read('Makefile') ?? '', target);
    const key = `make ${target}`;
    if (found === undefined || this.#visited.has(key)) return undefined;
    this.#visited.add(key);
    for (const need of found.needs) {
      const before = this.#make(need);
      if (before !== undefined) return before;
    }
    const known = this.#builds.length;
    const inside = this.#walk(key, found.script, []);
    if (inside !== undefined) return inside;
    const makesFile = target.includes('.') && found.script !== '';
    if (makesFile) this.#builds.splice(known, Infinity, key);
    return undefined;
  }
}

/** The scripts that a command runs: `npm run x`, `yarn x`, `run-s a b`, `concurrently "npm:a"`. */
function calledScripts(
  words: readonly string[],
  names: readonly string[],
): { name: string; extra: readonly string[] }[] {
  const program = programName(words[0] ?? '');
  const rest = words
    .slice(1)
    .filter((word) => !['-s', '--silent', '-w', '--if-present'].includes(word));
  const known = (word: string | undefined): word is string =>
    word !== undefined && names.includes(word);
  if (['npm', 'pnpm', 'yarn', 'bun'].includes(program)) {
    const run = ['run', 'run-script', 'rum', 'urn'].includes(rest[0] ?? '');
    const name = run ? rest[1] : rest[0] === 't' ? 'test' : rest[0];
    if (!known(name) || (!run && program === 'npm' && name !== 'test')) return [];
    const extra = rest.slice(run ? 2 : 1);
    return [{ name, extra: extra[0] === '--' ? extra.slice(1) : extra }];
  }
  if (['run-s', 'run-p', 'npm-run-all', 'npm-run-all2', 'concurrently', 'nps'].includes(program)) {
    return rest.flatMap((word) => {
      const text = word.replace(/^npm:|^(npm|yarn|pnpm) run /, '');
      const prefix = /^(.*:)\*+$/.exec(text)?.[1];
      const matching =
        prefix === undefined ? [text] : names.filter((name) => name.startsWith(prefix));
      return matching.filter(known).map((name) => ({ name, extra: [] }));
    });
  }
  return [];
}
