// Finds which of two short lists of lines differ: the longest common subsequence, by table.

/** A run of lines removed and added at one place of the old list. */
export interface Run {
  /** Index into the old list. */
  at: number;
  removed: string[];
  added: string[];
}

/** Beyond this many cells the lists are called wholly different rather than compared. */
const largestTable = 1_000_000;

/** The runs that turn one list into the other, in order, with unchanged lines between them. */
export function changedRuns(before: readonly string[], after: readonly string[]): Run[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < shorter - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail += 1;
  }
  const old = before.slice(head, before.length - tail);
  const fresh = after.slice(head, after.length - tail);
  if (old.length === 0 && fresh.length === 0) return [];
  if (old.length === 0 || fresh.length === 0 || old.length * fresh.length > largestTable) {
    return [{ at: head, removed: old, added: fresh }];
  }
  return walk(old, fresh, head);
}

function walk(old: readonly string[], fresh: readonly string[], offset: number): Run[] {
  const width = fresh.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = fresh.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === fresh[column]
          ? (common[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(
              common[(row + 1) * width + column] ?? 0,
              common[row * width + column + 1] ?? 0,
            );
    }
  }
  const runs: Run[] = [];
  let run: Run | undefined;
  let row = 0;
  let column = 0;
  while (row < old.length || column < fresh.length) {
    if (row < old.length && column < fresh.length && old[row] === fresh[column]) {
      run = undefined;
      row += 1;
      column += 1;
      continue;
    }
    if (!run) {
      run = { at: offset + row, removed: [], added: [] };
      runs.push(run);
    }
    const without = row < old.length ? (common[(row + 1) * width + column] ?? 0) : -1;
    const withNew = column < fresh.length ? (common[row * width + column + 1] ?? 0) : -1;
    if (without >= withNew) {
      run.removed.push(old[row] as string);
      row += 1;
    } else {
      run.added.push(fresh[column] as string);
      column += 1;
    }
  }
  return runs;
}
