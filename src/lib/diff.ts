// Unified diffs, exact to the byte: rendered from edits, applied strictly, reversed, listed.
export { applyPatch } from './diff-apply.ts';
export { patchedFiles } from './diff-parse.ts';
export { createPatchRenderer, renderPatch } from './diff-render.ts';
export { reversePatch } from './diff-reverse.ts';
