// Reads what a user types as a source: a folder, a git repository at a commit, or a published package.
import { existsSync } from 'node:fs';
import { SwemintError } from '../core/errors.ts';
import type { SourceSpec } from '../core/schema/index.ts';

const npmName = /^(?:@[a-z0-9~][\w.~-]*\/)?[a-z0-9~][\w.~-]*$/i;
const pypiName = /^[a-z0-9](?:[\w.-]*[a-z0-9])?$/i;
/** Versions, ranges and tags; nothing that a package manager reads as a path, an address or a flag. */
const version = /^[\w.^~*<>=!][\w.+^~*<>=!, -]*$/;

/**
 * Parses one source. Whether a local path exists is asked only to tell `folder@name` from a commit.
 * Throws `SwemintError('bad-source')`.
 */
export function parseSource(
  text: string,
  exists: (path: string) => boolean = existsSync,
): SourceSpec {
  const source = text.trim();
  if (source === '') throw badSource(text, 'It is empty.');
  if (source.startsWith('npm:')) return parseNpm(source.slice('npm:'.length), text);
  if (source.startsWith('pypi:')) return parsePypi(source.slice('pypi:'.length), text);
  const remote = remotePathStart(source);
  if (remote !== undefined) return parseRemote(source, remote, text);
  if (exists(source)) return { kind: 'folder', location: source };
  const split = revisionSplits(source, 0).find((at) => exists(source.slice(0, at)));
  const at = split ?? revisionSplits(source, 0)[0];
  if (at === undefined) return { kind: 'folder', location: source };
  return {
    kind: 'git',
    location: source.slice(0, at),
    revision: checked(source.slice(at + 1), text),
  };
}

/** Writes a source the way it can be typed again. */
export function renderSource(spec: SourceSpec): string {
  const { kind, location, revision } = spec;
  const prefix = kind === 'npm' || kind === 'pypi' ? `${kind}:` : '';
  const mark = kind === 'pypi' ? '==' : '@';
  return `${prefix}${location}${revision === undefined ? '' : `${mark}${revision}`}`;
}

/** Whether a git location is fetched from elsewhere rather than read from this machine's disk. */
export function isRemoteLocation(location: string): boolean {
  return remotePathStart(location) !== undefined;
}

/** Where the path of `https://user@host/path` or `git@host:path` starts; undefined for local paths. */
function remotePathStart(source: string): number | undefined {
  const url = /^(?:https?|ssh|git|file|git\+ssh):\/\/[^/]*\//i.exec(source);
  if (url) return url[0].length;
  const scp = /^(?:[\w.+-]+@[\w.-]+|[\w-]+(?:\.[\w-]+)+):(?!\/\/)/.exec(source);
  return scp ? scp[0].length : undefined;
}

function parseRemote(source: string, start: number, text: string): SourceSpec {
  const at = revisionSplits(source, start)[0];
  if (at === undefined) return { kind: 'git', location: source };
  return {
    kind: 'git',
    location: source.slice(0, at),
    revision: checked(source.slice(at + 1), text),
  };
}

/** Positions of `@` that can start a revision: not the first character of a path segment. */
function revisionSplits(source: string, start: number): number[] {
  return [...source.matchAll(/@/g)]
    .map((match) => match.index)
    .filter((at) => at > start && source[at - 1] !== '/' && at < source.length - 1);
}

function checked(revision: string, text: string): string {
  if (revision.startsWith('-') || /[\s~^:?*[\\]|\.\./.test(revision.replace(/[~^]\d*$/, ''))) {
    throw badSource(text, `"${revision}" cannot be a commit, tag or branch.`);
  }
  return revision;
}

function parseNpm(rest: string, text: string): SourceSpec {
  const at = rest.indexOf('@', 1);
  const name = at === -1 ? rest : rest.slice(0, at);
  return parsePackage('npm', name, at === -1 ? undefined : rest.slice(at + 1), npmName, text);
}

function parsePypi(rest: string, text: string): SourceSpec {
  const parts = /^(?<name>[^=@]*)(?:==|@)(?<version>.*)$/.exec(rest)?.groups;
  return parsePackage('pypi', parts?.['name'] ?? rest, parts?.['version'], pypiName, text);
}

function parsePackage(
  kind: 'npm' | 'pypi',
  name: string,
  revision: string | undefined,
  pattern: RegExp,
  text: string,
): SourceSpec {
  if (!pattern.test(name)) throw badSource(text, `"${name}" is not a package name.`);
  if (revision === undefined) return { kind, location: name };
  if (!version.test(revision)) throw badSource(text, `"${revision}" is not a version.`);
  return { kind, location: name, revision };
}

function badSource(text: string, reason: string): SwemintError {
  return new SwemintError('bad-source', `"${text}" is not a source: ${reason}`, {
    hint: 'Give a folder, a git URL or path with @commit, npm:NAME[@VERSION] or pypi:NAME[==VERSION].',
  });
}
