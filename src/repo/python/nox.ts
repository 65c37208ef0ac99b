// Reads what nox installs for the sessions that run tests, from the text of its file.
import type { RepositoryFacts } from '../../core/framework.ts';

const testSession = /^def (?:\w*_)?(?:unit_?)?tests?(?:_\w+)?\(\s*\w+/gm;

/** Literal arguments of `session.install(…)`; the package itself, computed words and options are left out. */
export function noxRequirements(facts: RepositoryFacts): { packages: string[]; files: string[] } {
  const text = facts.read('noxfile.py') ?? '';
  const packages = new Set<string>();
  const files = new Set<string>();
  for (const session of text.matchAll(testSession)) {
    const body = text.slice(session.index + session[0].length).split(/^(?:@|def |class )/m, 1)[0];
    for (const call of (body ?? '').matchAll(/\w+\.install\(([^)]*)\)/g)) {
      const words = [...(call[1] ?? '').matchAll(/(?<!\w)(['"])([^'"\n]+)\1/g)].map(
        (match) => match[2]!,
      );
      for (const [index, word] of words.entries()) {
        const file = words[index - 1] === '-r' ? word : /^-r\s*(\S+)$/.exec(word)?.[1];
        if (file !== undefined && facts.files.includes(file)) files.add(file);
        else if (/^[A-Za-z][\w.[\],-]*(?:\s*[<>=!~][\w\s<>=!~.,*]*)?$/.test(word))
          packages.add(word);
      }
    }
  }
  return { packages: [...packages], files: [...files] };
}
