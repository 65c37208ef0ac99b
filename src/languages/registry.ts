// The languages we can read.
import type { Language } from '../core/language.ts';
import { defineRegistry } from '../lib/registry.ts';

export const languages = defineRegistry<Language>('language', {
  python: () => import('./python.ts'),
  javascript: () => import('./javascript.ts'),
  typescript: () => import('./typescript.ts'),
  tsx: () => import('./tsx.ts'),
});

/**
 * All languages, or the family of the one named: a project in one of them holds files of the others.
 * Throws `SwemintError('unknown-language')`.
 */
export async function loadLanguages(name?: string): Promise<Language[]> {
  const all = await languages.loadAll();
  if (name === undefined) return all;
  const { family } = await languages.load(name);
  return all.filter((language) => language.family === family);
}
