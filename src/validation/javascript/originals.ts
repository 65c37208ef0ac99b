// Reads files of the repository as they are without any candidate.
import type { Sandbox } from '../../core/sandbox.ts';
import { layout } from '../suite.ts';

/** The first look at a path must come before anything changes it. */
export function openOriginals(sandbox: Pick<Sandbox, 'read'>): (path: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (path) => {
    let text = known.get(path);
    if (text === undefined) {
      const bytes = await sandbox.read(`${layout.repository}/${path}`);
      text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      known.set(path, text);
    }
    return text;
  };
}
