// Names of pods: unique, readable, and short enough for every cluster.
import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';

const LONGEST = 48;
const RANDOM_BYTES = 6;

/** `swemint-<folder>-<random>`: lower case, at most 48 characters, valid as a label of DNS. */
export function podName(base: string): string {
  const random = randomBytes(RANDOM_BYTES).toString('hex');
  const room = LONGEST - 'swemint--'.length - random.length;
  const slug = basename(base)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^(?:swemint)?-+/, '')
    .slice(0, room)
    .replace(/-+$/, '');
  return ['swemint', slug, random].filter((part) => part !== '').join('-');
}
