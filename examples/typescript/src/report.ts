// What is printed when a run is over.
import { formatDuration } from './duration.ts';
import type { Status, TaskResult } from './runner.ts';

const MARKS: Readonly<Record<Status, string>> = { done: '+', failed: 'x', skipped: '-', fresh: '=' };

/** One line per task, slowest first among those that ran, and a last line that counts. */
export function summarize(results: readonly TaskResult[]): string {
  if (results.length === 0) return 'nothing to do';
  const width = Math.max(...results.map((result) => result.name.length));
  const sorted = results.toSorted((left, right) => {
    if (left.status === right.status) return right.milliseconds - left.milliseconds;
    return rank(left.status) - rank(right.status);
  });
  const lines: string[] = [];
  for (const result of sorted) {
    let line = `${MARKS[result.status]} ${result.name.padEnd(width)}`;
    if (result.status === 'done' || result.status === 'failed') {
      line += `  ${formatDuration(result.milliseconds)}`;
    }
    if (result.attempts > 1) line += `  (${result.attempts} attempts)`;
    if (result.message !== undefined) line += `  ${result.message}`;
    lines.push(line.trimEnd());
  }
  lines.push(total(results));
  return lines.join('\n');
}

function rank(status: Status): number {
  return ['failed', 'skipped', 'done', 'fresh'].indexOf(status);
}

function total(results: readonly TaskResult[]): string {
  const counts = new Map<Status, number>();
  let spent = 0;
  for (const result of results) {
    counts.set(result.status, (counts.get(result.status) ?? 0) + 1);
    spent += result.milliseconds;
  }
  const parts: string[] = [];
  for (const status of ['failed', 'skipped', 'done', 'fresh'] as const) {
    const count = counts.get(status) ?? 0;
    if (count > 0) parts.push(`${count} ${status}`);
  }
  return `${parts.join(', ')} in ${formatDuration(spent)}`;
}

/** The longest chain of needs by time: what to speed up first. */
export function criticalPath(
  results: readonly TaskResult[],
  needsOf: (name: string) => readonly string[],
): { names: string[]; milliseconds: number } {
  const time = new Map(results.map((result) => [result.name, result.milliseconds]));
  const best = new Map<string, { names: string[]; milliseconds: number }>();
  const longest = (name: string): { names: string[]; milliseconds: number } => {
    const known = best.get(name);
    if (known !== undefined) return known;
    let chain: { names: string[]; milliseconds: number } = { names: [], milliseconds: 0 };
    for (const need of needsOf(name)) {
      const candidate = longest(need);
      if (candidate.milliseconds > chain.milliseconds) chain = candidate;
    }
    const result = {
      names: [...chain.names, name],
      milliseconds: chain.milliseconds + (time.get(name) ?? 0),
    };
    best.set(name, result);
    return result;
  };
  let answer: { names: string[]; milliseconds: number } = { names: [], milliseconds: 0 };
  for (const result of results) {
    const chain = longest(result.name);
    if (chain.milliseconds > answer.milliseconds) answer = chain;
  }
  return answer;
}
