// Copies one commit of a git repository that lies elsewhere.
import { basename } from 'node:path';
import type { SourceSpec } from '../core/schema/index.ts';
import { copyFolder } from './folder-source.ts';
import { fetchCommit, openGitObjects, withoutPassword, writeTree } from './git-objects.ts';
import { isRemoteLocation } from './parse-source.ts';
import type { CopiedSource, CopyContext } from './source-copy.ts';
import { writeSubmodules } from './submodules.ts';

/** Copies the commit that `spec` names, the default branch's last one when it names none. */
export async function copyGit(spec: SourceSpec, context: CopyContext): Promise<CopiedSource> {
  const { location, revision } = spec;
  if (!isRemoteLocation(location)) {
    return copyFolder({ ...spec, revision: revision ?? 'HEAD' }, context);
  }
  const { into, scratch, signal, emit } = context;
  const objects = await openGitObjects(scratch, { signal });
  const commit = await fetchCommit(objects, location, revision, 'https:http:ssh:git:file');
  await writeTree(objects, `${commit}^{tree}`, into);
  await writeSubmodules(
    { objects, rootTree: `${commit}^{tree}`, prefix: '', url: location },
    into,
    scratch,
    emit,
  );
  const folderName = basename(location.replace(/\/+$/, '').replace(/^.*:/, '')).replace(
    /\.git$/,
    '',
  );
  return { revision: commit, origin: withoutPassword(location), folderName };
}
