// Reads what a Python repository declares to need, from every place where that is usually written.
import type { RepositoryFacts } from '../../core/framework.ts';
import { isRecord, recordAt, textsAt } from '../facts.ts';
import { metadata } from '../identity.ts';
import { markerHolds } from './markers.ts';

/** Requirements (PEP 508) for running the package under this Python, without those for other machines. */
export function runtimeRequirements(facts: RepositoryFacts, pythonVersion: string): string[] {
  const declared = [
    ...textsAt(facts.pyproject, 'project', 'dependencies'),
    ...poetryRequirements(recordAt(facts.pyproject, 'tool', 'poetry', 'dependencies')),
    ...setupCfgList(facts, 'options', 'install_requires'),
    ...metadata(facts, 'Requires-Dist'),
    ...requirementLines(facts, 'requirements.txt'),
    ...setupPyList(facts, 'install_requires'),
  ];
  return [...new Set(declared)].filter((line) =>
    markerHolds(line.split(';')[1] ?? '', pythonVersion),
  );
}

/** Requirement lines of a file; options and includes are left out. */
export function requirementLines(facts: RepositoryFacts, file: string): string[] {
  return (facts.read(file) ?? '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('-'));
}

/** Values of a `setup.cfg` key that holds one requirement a line. */
export function setupCfgList(facts: RepositoryFacts, section: string, key: string): string[] {
  const body = setupCfgSection(facts, section);
  const value =
    new RegExp(`^${key}\\s*=(.*(?:\\n[ \\t]+.*|\\n\\s*(?=\\n[ \\t]))*)`, 'm').exec(body)?.[1] ?? '';
  return value
    .split('\n')
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('file:') && !line.startsWith('attr:'));
}

/** The text of one section of `setup.cfg`. */
export function setupCfgSection(facts: RepositoryFacts, section: string): string {
  const parts = (facts.read('setup.cfg') ?? '').split(/^\[([^\]]+)\]\s*$/m);
  const at = parts.indexOf(section);
  return at === -1 ? '' : (parts[at + 1] ?? '');
}

/** The texts in a literal list argument of `setup.py`; a computed list cannot be read without running it. */
export function setupPyList(facts: RepositoryFacts, argument: string): string[] {
  const list = new RegExp(`\\b${argument}\\s*=\\s*\\[([^\\]]*)\\]`).exec(
    facts.read('setup.py') ?? '',
  )?.[1];
  return [...(list ?? '').matchAll(/(['"])([^'"]+)\1/g)].map((match) => match[2]!);
}

/** Poetry's table of requirements as PEP 508 lines; `python` itself, paths and optional ones are left out. */
export function poetryRequirements(table: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(table).flatMap(([name, value]) => {
    if (name.toLowerCase() === 'python') return [];
    if (typeof value === 'string') return [`${name}${poetryVersion(value)}`];
    if (!isRecord(value) || value['optional'] === true || value['path'] !== undefined) return [];
    if (typeof value['git'] === 'string') return [`${name} @ git+${value['git']}`];
    const extras = textsAt(value, 'extras');
    const version = typeof value['version'] === 'string' ? poetryVersion(value['version']) : '';
    const markers = typeof value['markers'] === 'string' ? `; ${value['markers']}` : '';
    return [`${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}${version}${markers}`];
  });
}

/** `^1.2` and `~1.2` in the words of PEP 440. */
function poetryVersion(range: string): string {
  const parts = range.split(',').map((part) => part.trim());
  return parts
    .map((part) => {
      const match = /^(?<sign>[\^~])(?<version>\d[\w.]*)$/.exec(part)?.groups;
      if (part === '*' || part === '') return '';
      if (!match) return /^\d/.test(part) ? `==${part}` : part.replace(/\s+/g, '');
      const version = match['version']!;
      const numbers = version.split('.').map((text) => Number.parseInt(text, 10) || 0);
      const fixed =
        match['sign'] === '~'
          ? Math.min(1, numbers.length - 1)
          : Math.max(
              0,
              numbers.findIndex((number) => number > 0),
            );
      const next = [...numbers.slice(0, fixed), (numbers[fixed] ?? 0) + 1].join('.');
      return `>=${version},<${next}`;
    })
    .filter((part) => part !== '')
    .join(',');
}
