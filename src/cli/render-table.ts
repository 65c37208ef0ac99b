// Aligned columns for the terminal: numbers to the right, long text in the last column.
import pc from 'picocolors';

type Cell = string | number | boolean;

/** One line per row under a dim heading, columns named by the rows' keys. */
export function renderTable(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const [first] = rows;
  if (!first) return '';
  const names = Object.keys(first);
  const text = (value: Cell | undefined): string =>
    typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value ?? '');
  const widths = names.map((name) =>
    Math.max(name.length, ...rows.map((row) => text(row[name]).length)),
  );
  const line = (cells: string[], row?: Readonly<Record<string, Cell>>): string =>
    cells
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        if (typeof row?.[names[index] ?? ''] === 'number') return cell.padStart(width);
        return index === names.length - 1 ? cell : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const body = rows.map((row) =>
    line(
      names.map((name) => text(row[name])),
      row,
    ),
  );
  return `${[pc.dim(line(names)), ...body].join('\n')}\n`;
}
