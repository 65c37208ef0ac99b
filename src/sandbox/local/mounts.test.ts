// The kernel's own format, with its escapes and optional fields.
import { expect, test } from 'vitest';
import { isInside, parseMounts } from './mounts.ts';

test('reads targets, types and options', () => {
  const text =
    '27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n' +
    '35 31 0:32 / /sys/fs/cgroup/memory rw shared:7 master:2 - cgroup cgroup rw,memory\n' +
    '40 27 0:40 / /mnt/a\\040b\\134c rw - tmpfs none rw\n';
  expect(parseMounts(text)).toEqual([
    { target: '/', type: 'ext4', options: ['rw', 'relatime'], superOptions: ['rw', 'discard'] },
    {
      target: '/sys/fs/cgroup/memory',
      type: 'cgroup',
      options: ['rw'],
      superOptions: ['rw', 'memory'],
    },
    { target: '/mnt/a b\\c', type: 'tmpfs', options: ['rw'], superOptions: ['rw'] },
  ]);
});

test('a folder holds itself and what is below, not its namesakes', () => {
  expect(isInside('/tmp/a', '/tmp')).toBe(true);
  expect(isInside('/tmp', '/tmp')).toBe(true);
  expect(isInside('/tmpfs', '/tmp')).toBe(false);
  expect(isInside('/anything', '/')).toBe(true);
});
