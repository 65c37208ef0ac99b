// Gives an environment the machine's programs under fixed names, so that its recipe holds no path of the machine.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine, ToolName } from './machine.ts';
import { quoteShell } from './recipe.ts';

const linked: readonly ToolName[] = ['git', 'node', 'npm', 'pnpm', 'python3', 'uv', 'yarn'];

/**
 * Writes one small script per program into `folder`. A link would not do: Python finds its packages,
 * and version managers find their program, by the path they are started with.
 */
export async function linkTools(folder: string, machine: Machine): Promise<void> {
  const tools = await Promise.all(linked.map((name) => machine.find(name)));
  for (const [index, name] of linked.entries()) {
    const tool = tools[index];
    if (!tool) continue;
    await writeScript(join(folder, name), tool.path);
    if (name === 'python3') await writeScript(join(folder, 'python'), tool.path);
    if (name === 'npm') {
      await writeScript(join(folder, 'npx'), tool.path.replace(/npm([^/]*)$/, 'npx$1'));
    }
  }
}

async function writeScript(path: string, program: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\nexec ${quoteShell(program)} "$@"\n`, { mode: 0o755 });
}
