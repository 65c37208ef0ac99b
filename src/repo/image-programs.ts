// Asks for the programs of an image, through a sandbox of the provider that runs it.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecResult, SandboxProvider } from '../core/sandbox.ts';
import type { Machine, Tool, ToolName } from './machine.ts';

const names: readonly ToolName[] = ['git', 'node', 'npm', 'pnpm', 'python3', 'uv', 'yarn'];

/** One line per program that starts: name, path, version. */
const listing = `
export COREPACK_ENABLE_NETWORK=0 COREPACK_ENABLE_DOWNLOAD_PROMPT=0
for name in ${names.join(' ')}; do
  path=$(command -v "$name") || continue
  if [ "$name" = python3 ]; then
    path=$("$path" -I -c 'import sys; print(sys.executable)' 2>/dev/null) || continue
  fi
  version=$("$path" --version 2>/dev/null </dev/null) || continue
  echo "$name $path $version" | head -n 1
done
`;

const modules = `
import importlib.util, sys
def found(name):
    try: return name in sys.builtin_module_names or importlib.util.find_spec(name) is not None
    except Exception: return False
print("\\n".join(name for name in sys.argv[1:] if found(name)))
`;

/** What the provider's image offers. Sandboxes are opened when a question is asked, over an empty folder. */
export function inspectImage(provider: SandboxProvider): Machine {
  let listed: Promise<ReadonlyMap<ToolName, Tool>> | undefined;
  const known = new Map<string, boolean>();
  const find = async (name: ToolName): Promise<Tool | undefined> => {
    listed ??= ask(provider, ['sh', '-c', listing]).then(({ stdout }) => parseListing(stdout));
    return (await listed).get(name);
  };
  const importable = async (wanted: readonly string[]): Promise<ReadonlySet<string>> => {
    const unknown = wanted.filter((name) => !known.has(name));
    const python = unknown.length === 0 ? undefined : await find('python3');
    const answer = python
      ? (await ask(provider, [python.path, '-I', '-c', modules, ...unknown])).stdout
      : '';
    const found = answer.split('\n');
    for (const name of unknown) known.set(name, found.includes(name));
    return new Set(wanted.filter((name) => known.get(name)));
  };
  return { find, importable };
}

async function ask(provider: SandboxProvider, argv: readonly string[]): Promise<ExecResult> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-image-')));
  try {
    await using sandbox = await provider.open({
      base,
      access: 'copy-on-write',
      network: false,
      env: {},
    });
    return await sandbox.exec({ argv, limits: { timeoutMs: 60_000 } });
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

function parseListing(text: string): ReadonlyMap<ToolName, Tool> {
  const tools = new Map<ToolName, Tool>();
  for (const line of text.split('\n')) {
    const [name, path = '', ...rest] = line.split(' ');
    const version = /\d+(?:\.\d+)+/.exec(rest.join(' '))?.[0];
    if (version !== undefined && path.startsWith('/'))
      tools.set(name as ToolName, { path, version });
  }
  return tools;
}
