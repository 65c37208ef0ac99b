// Runs test files that print TAP, each in a Node process of its own, one after the other.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import {
  clip,
  collectionError,
  end,
  peekId,
  relativePath,
  start,
  test,
  testStart,
  uniqueId,
} from './report.cjs';
import { TapStream } from './tap-stream.mjs';

const words = process.argv.slice(2);
const split = words.indexOf('--');
const options = split === -1 ? [] : words.slice(0, split);
const files = split === -1 ? words : words.slice(split + 1);

let bad = false;

function runFile(name) {
  return new Promise((resolve) => {
    const file = relativePath(name);
    const results = { seen: 0, failed: 0 };
    let began = performance.now();
    const stream = new TapStream({
      begin(names) {
        testStart(peekId(file, names));
      },
      finish({ names, ...result }) {
        const now = performance.now();
        results.seen += 1;
        if (result.status === 'failed') results.failed += 1;
        test({ id: uniqueId(file, names), file, ms: now - began, ...result });
        began = now;
      },
    });
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
      stream.line(line);
    });
    const read = new Promise((done) => {
      lines.once('close', done);
    });
    child.once('error', (error) => {
      errors += String(error);
    });
    child.once('close', async (code, signal) => {
      await read;
      finishFile({ file, code, signal, errors, stream, results, ms: performance.now() - began });
      resolve();
    });
  });
}

function finishFile({ file, code, signal, errors, stream, results, ms }) {
  const died = code !== 0;
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const kind = /\bAssertionError\b|ERR_ASSERTION/.test(errors)
    ? 'assertion'
    : signal
      ? 'crash'
      : 'error';
  const message = `The process of this file ended with ${how}.\n${errors}`;
  stream.close(died ? { kind, message } : undefined);
  if (died) bad = true;
  if (results.failed > 0) bad = true;
  if (results.seen === 0 && !died) test({ id: file, file, status: 'passed', ms });
  else if (results.seen === 0 && kind === 'assertion') {
    // A script that prints no TAP and whose own check failed is itself the test.
    test({ id: file, file, status: 'failed', kind, ms, message });
  } else if (results.seen === 0) collectionError(file, message);
  else if (died && results.failed === 0) {
    test({ id: file, file, status: 'failed', kind, ms: 0, message });
  }
}

start('tap', process.version);
for (const file of files) await runFile(file);
end(bad ? 1 : 0);
process.exitCode = bad ? 1 : 0;
