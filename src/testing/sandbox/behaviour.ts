// What a conformance behaviour is, and the small folder that most of them start from.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Isolation, Sandbox, SandboxOptions } from '../../core/sandbox.ts';

/** Opens a sandbox of the provider under test. `base` is always given; the rest has harmless defaults. */
export type OpenSandbox = (
  options: Pick<SandboxOptions, 'base'> & Partial<SandboxOptions>,
) => Promise<Sandbox>;

/** A protection that a behaviour is about; where the machine cannot give it, the behaviour does not apply. */
export type Protection = 'network' | 'filesystem' | 'processes' | 'memory';

/** One thing that every sandbox must do. Throws when it does not. */
export interface SandboxBehaviour {
  name: string;
  needs: readonly Protection[];
  run(open: OpenSandbox): Promise<void>;
}

/** Declares a behaviour. */
export function behaviour(
  name: string,
  run: (open: OpenSandbox) => Promise<void>,
  needs: readonly Protection[] = [],
): SandboxBehaviour {
  return { name, needs, run };
}

/** Protections that a behaviour needs and this isolation does not give. */
export function missingProtections(
  behaviour: SandboxBehaviour,
  isolation: Isolation,
): Protection[] {
  return behaviour.needs.filter((protection) => !isolation[protection]);
}

/** A throw-away host folder with a small repository, removed on dispose. */
export interface Workspace extends AsyncDisposable {
  readonly base: string;
}

/** Makes `repo/hello.txt`, `repo/package/one.txt`, `repo/package/deep/two.txt` and an empty `home`. */
export async function makeWorkspace(): Promise<Workspace> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'swemint-conformance-')));
  await mkdir(join(base, 'repo/package/deep'), { recursive: true });
  await mkdir(join(base, 'home'));
  await writeFile(join(base, 'repo/hello.txt'), 'hello\n');
  await writeFile(join(base, 'repo/package/one.txt'), 'one\n');
  await writeFile(join(base, 'repo/package/deep/two.txt'), 'two\n');
  return {
    base,
    [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }),
  };
}

/** Runs a body with a workspace and one copy-on-write sandbox over it. */
export function inSandbox(
  body: (sandbox: Sandbox, base: string, open: OpenSandbox) => Promise<void>,
  options: Partial<SandboxOptions> = {},
): (open: OpenSandbox) => Promise<void> {
  return async (open) => {
    await using workspace = await makeWorkspace();
    await using sandbox = await open({ base: workspace.base, ...options });
    await body(sandbox, workspace.base, open);
  };
}

/** The command line of a shell script. */
export function shell(script: string): string[] {
  return ['sh', '-c', script];
}

/** The command line of a Python program. */
export function python(program: string): string[] {
  return ['python3', '-c', program];
}

/** Bytes as text. */
export function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
