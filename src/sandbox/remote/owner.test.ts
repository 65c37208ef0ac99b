import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { isOrphan, ownerLabels } from './owner.ts';

test('what a living process made is no orphan', () => {
  expect(isOrphan({ ...ownerLabels() })).toBe(false);
});

test('a process number that another program has by now does not count', () => {
  const labels = ownerLabels();
  const [pid = '', , boot = ''] = labels['swemint.process'].split('-');
  expect(isOrphan({ ...labels, 'swemint.process': `${pid}-1-${boot}` })).toBe(true);
  expect(isOrphan({ ...labels, 'swemint.process': `${pid}-1-earlier` })).toBe(true);
});

test('what a process that is gone has made is an orphan', async () => {
  const child = spawn('true');
  const pid = child.pid;
  await new Promise((resolve) => child.once('exit', resolve));
  const labels = ownerLabels();
  const boot = labels['swemint.process'].split('-')[2];
  expect(isOrphan({ ...labels, 'swemint.process': `${pid}-5-${boot}` })).toBe(true);
});

test('other machines and other programs are let alone', () => {
  expect(
    isOrphan({ ...ownerLabels(), 'swemint.machine': 'other', 'swemint.process': '1-1-x' }),
  ).toBe(false);
  expect(isOrphan({})).toBe(false);
  expect(isOrphan(null)).toBe(false);
});
