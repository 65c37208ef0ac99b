// Makes the addon that lets Node fork: a C compiler is all it takes, and without one runs just start afresh.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SwemintError } from '../../core/errors.ts';
import { runProgram } from '../../lib/process.ts';

const source = fileURLToPath(new URL('../../../runners/javascript/zygote/fork.c', import.meta.url));

/** Base64 of a shared object for this machine's kind of processor; undefined without a compiler. */
export async function compileForkAddon(signal: AbortSignal): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'swemint-fork-'));
  try {
    const output = join(folder, 'fork.node');
    const flags = ['-O1', '-shared', '-fPIC', '-nostdlib'];
    const { exitCode } = await runProgram('cc', [...flags, '-o', output, source], { signal });
    return exitCode === 0 ? (await readFile(output)).toString('base64') : undefined;
  } catch (error) {
    if (error instanceof SwemintError && error.code === 'missing-program') return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
