// Runs test files that print TAP, each in a Node process of its own, one after the other.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { clip, end, start } from './report.cjs';
import { openTapFile } from './tap-file.mjs';

const words = process.argv.slice(2);
const split = words.indexOf('--');
const options = split === -1 ? [] : words.slice(0, split);
const files = split === -1 ? words : words.slice(split + 1);

let bad = false;

function runFile(name) {
  return new Promise((resolve) => {
    const file = openTapFile(name);
    const child = spawn(process.execPath, [...options, name], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (data) => {
      process.stderr.write(data);
      errors = clip(errors + String(data), 16000);
    });
    const lines = createInterface({ input: child.stdout, crlfDelay: Infinity });
    lines.on('line', (line) => {
      process.stdout.write(`${line}\n`);
      file.line(line);
    });
    const read = new Promise((done) => {
      lines.once('close', done);
    });
    child.once('error', (error) => {
      errors += String(error);
    });
    child.once('close', async (code, signal) => {
      await read;
      if (!file.end({ code, signal, errors })) bad = true;
      resolve();
    });
  });
}

start('tap', process.version);
for (const file of files) await runFile(file);
end(bad ? 1 : 0);
process.exitCode = bad ? 1 : 0;
