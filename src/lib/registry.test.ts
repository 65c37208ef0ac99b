import { expect, test } from 'vitest';
import { defineRegistry } from './registry.ts';

const registry = defineRegistry<{ title: string }>('gadget', {
  first: async () => ({ default: { title: 'First' } }),
  second: async () => ({ default: { title: 'Second' } }),
});

test('loads by name and lists names in order', async () => {
  expect(registry.names).toEqual(['first', 'second']);
  expect(await registry.load('second')).toEqual({ title: 'Second' });
  expect(await registry.loadAll()).toHaveLength(2);
});

test('an unknown name lists the choices', async () => {
  await expect(registry.load('third')).rejects.toMatchObject({
    code: 'unknown-gadget',
    hint: 'Choose from: first, second.',
  });
  await expect(registry.load('toString')).rejects.toMatchObject({ code: 'unknown-gadget' });
});

test('a path that cannot be imported is a known error', async () => {
  await expect(registry.load('./no-such-module.ts')).rejects.toMatchObject({
    code: 'unknown-gadget',
  });
});
