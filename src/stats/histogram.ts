// Counts of whole numbers: medians over any number of values in little memory.

export interface Histogram {
  add(value: number): void;
  readonly count: number;
  readonly sum: number;
  /** Null when nothing was added. The mean of the middle two when their number is even. */
  median(): number | null;
}

/** Values are rounded to whole numbers. */
export function createHistogram(): Histogram {
  const counts = new Map<number, number>();
  let count = 0;
  let sum = 0;
  return {
    add(value) {
      const whole = Math.round(value);
      counts.set(whole, (counts.get(whole) ?? 0) + 1);
      count += 1;
      sum += value;
    },
    get count() {
      return count;
    },
    get sum() {
      return sum;
    },
    median() {
      if (count === 0) return null;
      const sorted = [...counts].toSorted(([a], [b]) => a - b);
      const at = (position: number): number => {
        let seen = 0;
        for (const [value, times] of sorted) {
          seen += times;
          if (seen > position) return value;
        }
        return 0;
      };
      return (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2;
    },
  };
}
