// Copies the published source archive of a Python package.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SwemintError } from '../core/errors.ts';
import type { ExecResult, Sandbox } from '../core/sandbox.ts';
import type { SourceSpec } from '../core/schema/index.ts';
import { unpackArchive } from './archive.ts';
import { downloadSettings } from './download-settings.ts';
import { inspectMachine, requireTool } from './machine.ts';
import type { CopiedSource, CopyContext } from './source-copy.ts';
import { linkTools } from './tool-links.ts';
import { fillVariables, commonVariables } from './variables.ts';

/** Everything but `.tar.gz`, which is unpacked on the host, is turned into a tar first, inside the sandbox. */
const repack = `
import sys, tarfile, zipfile, io
source, target = sys.argv[1:]
with tarfile.open(target, "w:gz") as out:
    if zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for entry in archive.infolist():
                if entry.is_dir():
                    continue
                info = tarfile.TarInfo(entry.filename)
                info.size = entry.file_size
                info.mode = 0o755 if (entry.external_attr >> 16) & 0o111 else 0o644
                out.addfile(info, io.BytesIO(archive.read(entry)))
    else:
        with tarfile.open(source) as archive:
            for info in archive:
                out.addfile(info, archive.extractfile(info) if info.isfile() else None)
`;

/**
 * Fetches the archive with pip, so that the user's index and rights apply. pip asks the package's
 * own build code for its metadata, so this happens inside a sandbox with network.
 */
export async function copyPypi(spec: SourceSpec, context: CopyContext): Promise<CopiedSource> {
  const { provider, scratch, signal, into } = context;
  if (!provider) throw new TypeError('a pypi source needs a sandbox provider');
  const machine = inspectMachine(provider);
  await requireTool(machine, 'python3');
  if (!(await machine.importable(['pip'])).has('pip')) {
    throw new SwemintError('missing-pip', 'python3 has no pip, which fetches pypi: sources.', {
      hint: 'Install it, e.g. python3 -m ensurepip, or give the sources as a folder.',
    });
  }
  const base = join(scratch, 'download');
  for (const name of ['bin', 'home', 'archive', 'repo'])
    await mkdir(join(base, name), { recursive: true });
  await linkTools(join(base, 'bin'), machine);
  await using sandbox = await provider.open({
    base,
    access: 'direct',
    network: true,
    env: { ...fillVariables(commonVariables, base), ...(await downloadSettings('python')) },
    ...(signal ? { signal } : {}),
  });
  const wanted = spec.revision === undefined ? spec.location : `${spec.location}==${spec.revision}`;
  // Only this package as source: what its build needs may come ready made.
  const sourceOnly = ['--no-deps', '--no-binary', spec.location];
  await run(sandbox, wanted, [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--dest',
    'archive',
    ...sourceOnly,
    wanted,
  ]);
  const archive = (await readdir(join(base, 'archive')))[0];
  if (archive === undefined) throw noArchive(wanted);
  if (!archive.endsWith('.tar.gz') && !archive.endsWith('.tgz')) {
    await sandbox.write('repack.py', repack);
    await run(sandbox, wanted, ['repack.py', `archive/${archive}`, 'archive/repacked.tar.gz']);
    await unpackArchive(join(base, 'archive', 'repacked.tar.gz'), into);
  } else await unpackArchive(join(base, 'archive', archive), into);
  await removeBuildMetadata(into);
  return {
    revision: (await versionOf(into)) ?? spec.revision ?? 'unknown',
    origin: undefined,
    folderName: spec.location,
  };
}

async function run(sandbox: Sandbox, wanted: string, args: readonly string[]): Promise<void> {
  const result = await sandbox.exec({
    argv: ['python3', ...args],
    limits: { timeoutMs: 600_000 },
  });
  if (result.outcome !== 'exited' || result.exitCode !== 0) throw pipFailure(wanted, result);
}

/** `*.egg-info` folders are products of the packaging, which installing would change. */
async function removeBuildMetadata(folder: string): Promise<void> {
  for (const parent of ['.', 'src', 'lib']) {
    const names = await readdir(join(folder, parent)).catch(() => []);
    for (const name of names) {
      if (name.endsWith('.egg-info')) await rm(join(folder, parent, name), { recursive: true });
    }
  }
}

async function versionOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'PKG-INFO'), 'utf8').catch(() => '');
  return /^Version: (.+)$/m.exec(text)?.[1]?.trim();
}

function pipFailure(wanted: string, result: ExecResult): SwemintError {
  const output = `${result.stderr}\n${result.stdout}`;
  const versions = /\(from versions: (.*)\)/.exec(output)?.[1];
  if (versions !== undefined && versions !== 'none') {
    return new SwemintError('no-such-package', `There is no source archive of ${wanted}.`, {
      hint: `Published as source: ${versions.split(', ').slice(-5).join(', ')}.`,
    });
  }
  if (versions === 'none' || /No matching distribution/.test(output)) return noArchive(wanted);
  const line = /ERROR: (.+)/.exec(output)?.[1] ?? `pip ended with ${result.outcome}`;
  return new SwemintError('cannot-fetch', `pip could not fetch ${wanted}: ${line}`, {
    hint: 'Check your network and pip’s index setting, or give the sources as a folder.',
  });
}

function noArchive(wanted: string): SwemintError {
  return new SwemintError(
    'no-such-package',
    `There is no package ${wanted} with a source archive for this Python.`,
    { hint: 'Check the name and version, or give its repository as a git URL.' },
  );
}
