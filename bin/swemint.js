#!/usr/bin/env node
// Starts the command line; on a Node that is too old, with the newer one that npm installed beside us.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const needed = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= needed) {
  const built = here('../dist/cli/main.js');
  await import(existsSync(built) ? built : here('../src/cli/main.ts'));
} else {
  const newer = here('../node_modules/node/bin/node');
  if (existsSync(newer)) {
    const child = spawnSync(newer, process.argv.slice(1), { stdio: 'inherit' });
    process.exitCode = child.status ?? 1;
  } else {
    const message = `swemint needs Node ${needed} or newer; this is ${process.versions.node}.`;
    const hint = 'Install a current Node, or run `npx -p node@24 -p swemint swemint`.';
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ error: { code: 'old-node', message, hint } })}\n`);
    } else {
      process.stderr.write(`${message}\n${hint}\n`);
    }
    process.exitCode = 2;
  }
}
