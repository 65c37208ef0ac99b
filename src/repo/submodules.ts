// Fills submodules with their recorded commit as plain files, so that the copy stands alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import { git, runGit } from '../lib/git.ts';
import {
  fetchCommit,
  type GitObjects,
  openGitObjects,
  optionsOf,
  resolveObject,
  writeTree,
} from './git-objects.ts';
import { isRemoteLocation } from './parse-source.ts';

export interface SubmoduleParent {
  objects: GitObjects;
  /** Tree of the whole repository, where `.gitmodules` lies. */
  rootTree: string;
  /** Repository-relative folder that is being copied, with a final slash, or empty. */
  prefix: string;
  /** Address that relative submodule addresses start from. */
  url: string;
  /** The parent's own work tree, whose submodules may already be there. */
  workTree?: string | undefined;
}

const deepest = 8;

/** Writes every submodule of the parent below `into`. One that cannot be had becomes a warning. */
export async function writeSubmodules(
  parent: SubmoduleParent,
  into: string,
  scratch: string,
  emit: Emit | undefined,
  depth = 0,
): Promise<void> {
  const links = await listLinks(parent);
  if (links.length === 0) return;
  const urls = await readAddresses(parent);
  for (const { path, commit } of links) {
    const url = urls.get(path);
    try {
      if (depth === deepest) throw new Error('submodules are nested too deeply');
      const child = await openSubmodule(parent, path, url, commit, scratch);
      const folder = join(into, path.slice(parent.prefix.length));
      await writeTree(child.objects, child.rootTree, folder);
      await writeSubmodules(child, folder, scratch, emit, depth + 1);
    } catch (error) {
      parent.objects.signal?.throwIfAborted();
      emit?.({
        type: 'warning',
        code: 'submodule-missing',
        message: `The submodule ${path} was left out: ${errorMessage(error)}`,
        hint: 'Tests that need its files will fail.',
      });
    }
  }
}

async function listLinks(parent: SubmoduleParent): Promise<{ path: string; commit: string }[]> {
  const listing = await git(
    [
      'ls-tree',
      '-r',
      '-z',
      '--full-tree',
      parent.rootTree,
      ...(parent.prefix ? [parent.prefix] : []),
    ],
    optionsOf(parent.objects),
  );
  return listing
    .split('\0')
    .filter((line) => line.startsWith('160000 '))
    .map((line) => ({
      commit: line.split(/[ \t]/)[2] ?? '',
      path: line.slice(line.indexOf('\t') + 1),
    }));
}

async function readAddresses(parent: SubmoduleParent): Promise<Map<string, string>> {
  const result = await runGit(
    [
      'config',
      '--null',
      '--blob',
      `${parent.rootTree}:.gitmodules`,
      '--get-regexp',
      String.raw`^submodule\..*\.(path|url)$`,
    ],
    optionsOf(parent.objects),
  );
  const byName = new Map<string, { path?: string; url?: string }>();
  for (const entry of result.stdout.split('\0')) {
    const match = /^submodule\.(?<name>.*)\.(?<key>path|url)\n(?<value>[^]*)$/.exec(entry)?.groups;
    if (!match) continue;
    const record = byName.get(match['name'] ?? '') ?? {};
    record[match['key'] as 'path' | 'url'] = match['value'] ?? '';
    byName.set(match['name'] ?? '', record);
  }
  return new Map(
    [...byName.values()].flatMap(({ path, url }) =>
      path === undefined || url === undefined ? [] : [[path.replace(/\/$/, ''), url] as const],
    ),
  );
}

async function openSubmodule(
  parent: SubmoduleParent,
  path: string,
  recorded: string | undefined,
  commit: string,
  scratch: string,
): Promise<SubmoduleParent> {
  const present = parent.workTree === undefined ? undefined : join(parent.workTree, path);
  if (present !== undefined && existsSync(join(present, '.git'))) {
    const found = await openPresent(present, commit, scratch, parent.objects.signal);
    if (found) return { ...found, prefix: '', url: recorded ?? present, workTree: present };
  }
  if (recorded === undefined) throw new Error('.gitmodules does not say where it comes from');
  const url = resolveAddress(parent.url, recorded);
  const parentIsLocal = !isRemoteLocation(parent.url) || parent.url.startsWith('file:');
  const objects = await openGitObjects(scratch, { signal: parent.objects.signal });
  // A repository from elsewhere must not make us read this machine's files.
  const protocols = parentIsLocal ? 'https:http:ssh:git:file' : 'https:http:ssh:git';
  await fetchCommit(objects, url, commit, protocols);
  return { objects, rootTree: `${commit}^{tree}`, prefix: '', url };
}

async function openPresent(
  workTree: string,
  commit: string,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<{ objects: GitObjects; rootTree: string } | undefined> {
  const where = { cwd: workTree, signal };
  const answer = await runGit(
    ['rev-parse', '--path-format=absolute', '--git-path', 'objects'],
    where,
  );
  if (answer.exitCode !== 0) return undefined;
  const borrowFrom = answer.stdout.trim();
  const objects = await openGitObjects(scratch, { borrowFrom, signal });
  const tree = await resolveObject(objects, `${commit}^{tree}`);
  return tree === undefined ? undefined : { objects, rootTree: tree };
}

/** `../other.git` means: beside the parent, as in `git submodule`. */
function resolveAddress(parentUrl: string, recorded: string): string {
  if (!recorded.startsWith('./') && !recorded.startsWith('../')) return recorded;
  let base = parentUrl.replace(/\/+$/, '');
  let rest = recorded;
  while (rest.startsWith('./') || rest.startsWith('../')) {
    if (rest.startsWith('../')) {
      base = base.replace(/\/[^/:]*$|(?<=:)[^/:]*$/, '');
      rest = rest.slice(3);
    } else rest = rest.slice(2);
  }
  return base.endsWith(':') ? `${base}${rest}` : `${base}/${rest}`;
}
