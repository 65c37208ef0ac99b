// Chooses the image to start from: the one that has the interpreter the environment was proved with.
import { SwemintError } from '../../core/errors.ts';
import type { ImageSource } from './sources.ts';

/** `python:3.12`, `node:24`; throws `SwemintError('no-base-image')` where nothing is known. */
export function chooseBaseImage({ repository, spec, versions }: ImageSource): string {
  const [major, minor] = (versions['python'] ?? '').split('.');
  if (spec.language === 'python' && minor !== undefined) return `python:${major}.${minor}`;
  const [node] = (versions['node'] ?? '').split('.');
  if (node !== undefined && node !== '') return `node:${node}`;
  throw new SwemintError(
    'no-base-image',
    `No base image is known for ${repository.name}: its environment names no interpreter.`,
    { hint: 'Name one with --base-image.' },
  );
}
