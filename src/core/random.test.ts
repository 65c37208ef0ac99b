import { expect, test } from 'vitest';
import { createRandom } from './random.ts';

test('the same keys give the same decisions, other keys give others', () => {
  const draw = (...keys: (string | number)[]) => {
    const random = createRandom(...keys);
    return Array.from({ length: 8 }, () => random.integer(1000));
  };
  expect(draw(24, 'a.py', 'f')).toEqual(draw(24, 'a.py', 'f'));
  expect(draw(24, 'a.py', 'f')).not.toEqual(draw(25, 'a.py', 'f'));
  expect(draw('ab', 'c')).not.toEqual(draw('a', 'bc'));
});

test('draws are spread evenly', () => {
  const random = createRandom('even');
  const counts = Array.from({ length: 10 }, () => 0);
  for (let index = 0; index < 10_000; index += 1) counts[random.integer(10)]! += 1;
  for (const count of counts) expect(count).toBeGreaterThan(850);
  for (const count of counts) expect(count).toBeLessThan(1150);
});

test('shuffle keeps every item and leaves the list alone', () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = createRandom('shuffle').shuffle(items);
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  expect(shuffled).not.toEqual(items);
});

test('picking from nothing is an error', () => {
  expect(() => createRandom('x').pick([])).toThrow(RangeError);
});
