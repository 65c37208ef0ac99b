// Starts the repository's own copy of a test runner: `node start.mjs jest --ci`, without any PATH.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [name, ...args] = process.argv.slice(2);

function findProgram(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', name);
    if (existsSync(join(home, 'package.json'))) {
      const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
      const program = typeof bin === 'string' ? bin : bin?.[name];
      if (program !== undefined) return resolve(home, program);
    }
    if (dirname(folder) === folder) return undefined;
  }
}

const program = findProgram(process.cwd());
if (program === undefined) {
  console.error(`The package "${name}" is not installed in ${process.cwd()}.`);
  process.exit(127);
}
process.argv = [process.argv[0], program, ...args];
await import(pathToFileURL(program).href);
