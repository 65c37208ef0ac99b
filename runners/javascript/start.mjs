// Starts the repository's own copy of a test runner: `node start.mjs jest --ci`, without any PATH.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [name, ...args] = process.argv.slice(2);

function findProgram(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name);
    if (existsSync(join(home, 'package.json'))) {
      const { bin, version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
      const program = typeof bin === 'string' ? bin : bin?.[name];
      if (program !== undefined) return { path: resolve(home, program), version };
    }
    if (dirname(folder) === folder) return undefined;
  }
}

const program = findProgram(process.cwd());
if (program === undefined) {
  console.error(`The package "${name}" is not installed in ${process.cwd()}.`);
  process.exit(127);
}
// Before version 6 mocha knew no way to take a setting back, and refuses the attempt.
const old = name === 'mocha' && Number.parseInt(program.version, 10) < 6;
const given = old ? args.filter((word) => !/^--no-(?:bail|parallel)$/.test(word)) : args;
process.argv = [process.argv[0], program.path, ...given];
await import(pathToFileURL(program.path).href);
