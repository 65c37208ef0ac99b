// Arithmetic of half-open, sorted, disjoint intervals of characters.

/**
 * V8 nests ranges: a function in a function, a block in a function; the innermost count holds.
 * Returns the intervals that ran.
 */
export function flatten(ranges) {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0] || b[1] - a[1]);
  const result = [];
  const open = [];
  let at = 0;
  const emit = (until) => {
    const count = open.at(-1)?.[2] ?? 0;
    if (until > at && count > 0) {
      const last = result.at(-1);
      if (last !== undefined && last[1] === at) last[1] = until;
      else result.push([at, until]);
    }
    at = Math.max(at, until);
  };
  const closeBefore = (position) => {
    while (open.length > 0 && open.at(-1)[1] <= position) {
      emit(open.at(-1)[1]);
      open.pop();
    }
  };
  for (const range of sorted) {
    closeBefore(range[0]);
    emit(range[0]);
    open.push(range);
  }
  closeBefore(Infinity);
  return result;
}

/** Whether a position lies in one of the intervals. */
export function include(intervals, position) {
  let [low, high] = [0, intervals.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (intervals[middle][1] <= position) low = middle + 1;
    else high = middle;
  }
  return low < intervals.length && intervals[low][0] <= position;
}

/** The union of two lists. */
export function merge(a, b) {
  const all = [...a, ...b].toSorted((x, y) => x[0] - y[0]);
  const result = [];
  for (const [start, end] of all) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
