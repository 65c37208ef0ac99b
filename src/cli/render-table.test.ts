import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderTable } from './render-table.ts';

test('columns align, numbers to the right, and nothing trails', () => {
  const plain = stripVTControlCharacters(
    renderTable([
      { name: 'a', count: 7, on: true },
      { name: 'longer', count: 1234, on: false },
    ]),
  );
  expect(plain).toBe('name    count  on\na           7  yes\nlonger   1234  no\n');
  expect(renderTable([])).toBe('');
});
