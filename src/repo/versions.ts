// Asks a finished environment what it holds: interpreter, framework and packages with their versions.
import type { Sandbox } from '../core/sandbox.ts';
import type { EnvironmentSpec } from '../core/schema/index.ts';

const pythonScript = `
import json, platform, sys
try:
    from importlib import metadata
    found = {d.metadata["Name"]: d.version for d in metadata.distributions() if d.metadata["Name"]}
except Exception:
    found = {}
print(json.dumps({"python": platform.python_version(), "packages": found}))
`;

const nodeScript = `
const fs = require('node:fs');
const found = {};
const add = (folder, name) => {
  try {
    const { version } = JSON.parse(fs.readFileSync(folder + '/' + name + '/package.json', 'utf8'));
    if (version) found[name] = version;
  } catch {}
};
const list = (folder) => { try { return fs.readdirSync(folder); } catch { return []; } };
const root = 'repo/node_modules';
for (const name of list(root)) {
  if (name.startsWith('@')) for (const part of list(root + '/' + name)) add(root, name + '/' + part);
  else if (!name.startsWith('.')) add(root, name);
}
console.log(JSON.stringify({ node: process.versions.node, packages: found }));
`;

/**
 * Versions by name: the interpreter under its own name, every installed package under the name it
 * was published with. For an environment without installed packages of its own, only the framework.
 */
export async function readVersions(
  spec: EnvironmentSpec,
  sandbox: Sandbox,
): Promise<Record<string, string>> {
  const argv =
    spec.language === 'python'
      ? ['python3', '-I', '-c', pythonScript]
      : ['node', '--eval', nodeScript];
  const result = await sandbox.exec({ argv, limits: { timeoutMs: 120_000 } });
  const line = result.stdout.trim().split('\n').at(-1) ?? '';
  if (result.exitCode !== 0 || !line.startsWith('{')) return {};
  const { packages, ...interpreter } = JSON.parse(line) as Record<string, string> & {
    packages: Record<string, string>;
  };
  const names = Object.keys(packages).sort();
  const shown =
    spec.packageManager === 'none' && spec.language === 'python'
      ? names.filter((name) => name.toLowerCase() === spec.test.framework)
      : names;
  return {
    ...interpreter,
    ...Object.fromEntries(shown.map((name) => [name, packages[name] ?? ''])),
  };
}
