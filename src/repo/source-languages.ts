// Counts the languages of a repository by its files' names and lines.
import type { RepositoryFacts } from '../core/framework.ts';

const byExtension: Readonly<Record<string, string>> = {
  '.c': 'c',
  '.cc': 'cpp',
  '.cjs': 'javascript',
  '.cpp': 'cpp',
  '.cs': 'csharp',
  '.cts': 'typescript',
  '.go': 'go',
  '.h': 'c',
  '.hpp': 'cpp',
  '.java': 'java',
  '.js': 'javascript',
  '.jsx': 'javascript',
  '.kt': 'kotlin',
  '.mjs': 'javascript',
  '.mts': 'typescript',
  '.php': 'php',
  '.py': 'python',
  '.rb': 'ruby',
  '.rs': 'rust',
  '.swift': 'swift',
  '.ts': 'typescript',
  '.tsx': 'typescript',
};

/** Languages with source files, most lines first. Minified and bundled files are not anyone's source. */
export function sourceLanguages(facts: RepositoryFacts): string[] {
  const lines = new Map<string, number>();
  for (const file of facts.files) {
    const language = byExtension[/\.[^./]+$/.exec(file)?.[0].toLowerCase() ?? ''];
    if (language === undefined || /\.(?:min|bundle)\.|\.d\.[cm]?ts$|(?:^|\/)dist\//.test(file))
      continue;
    const text = facts.read(file);
    if (text === undefined) continue;
    lines.set(language, (lines.get(language) ?? 0) + text.split('\n').length);
  }
  return [...lines.entries()]
    .sort(([a, linesOfA], [b, linesOfB]) => linesOfB - linesOfA || (a < b ? -1 : 1))
    .map(([language]) => language);
}
