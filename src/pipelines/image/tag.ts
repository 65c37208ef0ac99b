// Names images as engines and registries accept them.
import { SwemintError } from '../../core/errors.ts';
import type { ImageSource } from './sources.ts';

const word = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
// A registry is told from a folder by a dot or a port.
const registry = '(?:localhost|[a-zA-Z0-9-]+(?=[.:]))(?:\\.[a-zA-Z0-9-]+)*(?::\\d+)?/';
const reference = new RegExp(`^(?:${registry})?${word}(?:/${word})*(?::\\w[\\w.-]{0,127})?$`);

/** Fills in `{repository}` and `{digest}`. Throws `SwemintError('bad-tag')` when no engine would take it. */
export function renderTag(
  template: string,
  { repository, digest }: Pick<ImageSource, 'repository' | 'digest'>,
): string {
  const tag = template
    .replaceAll('{repository}', () => safeName(repository.id))
    .replaceAll('{digest}', () => digest.slice(0, 12));
  if (reference.test(tag)) return tag;
  throw new SwemintError('bad-tag', `"${tag}" is not the name of an image.`, {
    hint: 'Lower case, e.g. --tag mine/{repository}:{digest}',
  });
}

function safeName(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/_{3,}|[._-]*\.[._-]*/g, (run) => (run.includes('.') ? '.' : '__'))
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
}
