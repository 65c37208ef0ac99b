// Tells whether a statement gives the answer away: whether it holds lines that the bug removed or added.
import type { Candidate } from '../core/schema/index.ts';

/** Lines too common to prove anything: brackets, lone keywords, bare returns. */
const COMMON =
  /^(?:[\s()[\]{}:;,]*|(?:else|try|finally|do|pass|break|continue|return|default|yield|end)[\s:;{}]*|return (?:None|True|False|self|true|false|null|undefined|this|result|value)[;\s]*|\}?\s*else\s*\{?)$/;
const SHORTEST = 8;

/** Lines of the repaired code (`fix`) and of the faulty code (`bug`) that a patch changes, trimmed, telling ones only. */
export function changedLines(patch: string): { fix: string[]; bug: string[] } {
  const fix: string[] = [];
  const bug: string[] = [];
  let inHunk = false;
  for (const line of patch.split(/\r?\n/)) {
    if (line.startsWith('@@')) inHunk = true;
    else if (line.startsWith('diff --git')) inHunk = false;
    else if (inHunk && line.startsWith('-')) fix.push(line.slice(1).trim());
    else if (inHunk && line.startsWith('+')) bug.push(line.slice(1).trim());
  }
  // What the change only moved or indented is in the code either way.
  const onBothSides = new Set(fix.filter((line) => bug.includes(line)));
  const telling = (lines: readonly string[]): string[] => [
    ...new Set(
      lines.filter(
        (line) => line.length >= SHORTEST && !COMMON.test(line) && !onBothSides.has(line),
      ),
    ),
  ];
  return { fix: telling(fix), bug: telling(bug) };
}

/**
 * Changed lines of the candidate's patch that stand verbatim in a statement, whatever the spaces.
 * Empty when it gives nothing away.
 */
export function leaks(statement: string, candidate: Pick<Candidate, 'patch'>): string[] {
  const { fix, bug } = changedLines(candidate.patch);
  const text = squeeze(statement);
  return [...fix, ...bug].filter((line) => text.includes(squeeze(line)));
}

/** The text without the lines that hold a changed line, each run of them replaced by one ellipsis. */
export function withoutLeaks(text: string, candidate: Pick<Candidate, 'patch'>): string {
  const changed = Object.values(changedLines(candidate.patch)).flat().map(squeeze);
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const squeezed = squeeze(line);
    if (!changed.some((part) => squeezed.includes(part))) kept.push(line);
    else if (kept.at(-1)?.trim() !== '…') kept.push(`${/^\s*/.exec(line)![0]}…`);
  }
  return kept.join('\n');
}

const squeeze = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
