// Finds the programs of this machine that installations need, each only when someone asks for it.
import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import type { SandboxProvider } from '../core/sandbox.ts';
import { runProgram } from '../lib/process.ts';
import { inspectImage } from './image-programs.ts';

export type ToolName = 'git' | 'node' | 'npm' | 'pnpm' | 'python3' | 'uv' | 'yarn';

export interface Tool {
  /** Absolute path of the program itself, past version managers' stand-ins where that can be told. */
  path: string;
  version: string;
}

/** What this machine offers. Every answer is looked up once and remembered. */
export interface Machine {
  /** Undefined when it is not installed or does not start. */
  find(name: ToolName): Promise<Tool | undefined>;
  /** Which of the top-level modules the machine's Python can import without anything installed by us. */
  importable(modules: readonly string[]): Promise<ReadonlySet<string>>;
}

const hints: Readonly<Record<ToolName, string>> = {
  git: 'Install git, e.g. with your system’s package manager.',
  node: 'Install Node 24 or later.',
  npm: 'Install npm; it comes with Node.',
  pnpm: 'Install pnpm, e.g. npm install --global pnpm.',
  python3: 'Install Python 3.9 or later, so that python3 is on the PATH.',
  uv: 'Install uv, or let swemint use python3 -m venv.',
  yarn: 'Install yarn, e.g. npm install --global yarn.',
};

/** The tool, or `SwemintError('missing-<name>')` that says how to get it. */
export async function requireTool(machine: Machine, name: ToolName): Promise<Tool> {
  const tool = await machine.find(name);
  if (tool) return tool;
  throw new SwemintError(`missing-${name}`, `${name} is not installed or not on the PATH.`, {
    hint: hints[name],
  });
}

/**
 * Looks at the machine that a provider's commands see: this one, or that of an image when the
 * provider is remote. Starts nothing until a question is asked.
 */
export function inspectMachine(provider?: SandboxProvider): Machine {
  return provider?.remote === true ? inspectImage(provider) : inspectHost();
}

function inspectHost(): Machine {
  const tools = new Map<ToolName, Promise<Tool | undefined>>();
  const modules = new Map<string, boolean>();
  const find = (name: ToolName): Promise<Tool | undefined> => {
    const known = tools.get(name) ?? locate(name);
    tools.set(name, known);
    return known;
  };
  const importable = async (names: readonly string[]): Promise<ReadonlySet<string>> => {
    const unknown = names.filter((name) => !modules.has(name));
    const python = unknown.length === 0 ? undefined : await find('python3');
    const found = python ? await askPython(python.path, unknown) : [];
    for (const name of unknown) modules.set(name, found.includes(name));
    return new Set(names.filter((name) => modules.get(name)));
  };
  return { find, importable };
}

async function locate(name: ToolName): Promise<Tool | undefined> {
  if (name === 'node') return { path: process.execPath, version: process.versions.node };
  const path = await which(name);
  if (path === undefined) return undefined;
  if (name === 'python3') return locatePython(path);
  const answer = await ask(path, ['--version']);
  const version = /\d+(?:\.\d+)+/.exec(answer ?? '')?.[0];
  return version === undefined ? undefined : { path, version };
}

async function locatePython(path: string): Promise<Tool | undefined> {
  // Version managers put stand-ins on the PATH that need their own variables: ask for the program behind.
  const answer = await ask(path, [
    '-I',
    '-c',
    'import platform, sys; print(sys.executable); print(platform.python_version())',
  ]);
  const [executable = '', version = ''] = (answer ?? '').split('\n');
  return isAbsolute(executable) && version !== '' ? { path: executable, version } : undefined;
}

async function askPython(python: string, names: readonly string[]): Promise<string[]> {
  const script = [
    'import importlib.util, sys',
    'def found(name):',
    '    try: return name in sys.builtin_module_names or importlib.util.find_spec(name) is not None',
    '    except Exception: return False',
    'print("\\n".join(name for name in sys.argv[1:] if found(name)))',
  ].join('\n');
  return ((await ask(python, ['-I', '-c', script, ...names])) ?? '').split('\n');
}

/** What a program prints; undefined when it fails. Started where no file can change its answer. */
async function ask(path: string, args: readonly string[]): Promise<string | undefined> {
  const result = await runProgram(path, args, {
    cwd: tmpdir(),
    timeoutMs: 30_000,
    // Corepack's stand-ins would otherwise try to download the program they stand for.
    env: { COREPACK_ENABLE_NETWORK: '0', COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' },
  }).catch(() => undefined);
  return result?.exitCode === 0 ? result.stdout : undefined;
}

async function which(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const path = join(folder, name);
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return undefined;
}
