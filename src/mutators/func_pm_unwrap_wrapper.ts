// Does the guarded action without its guard.
import { defineMutator } from '../core/mutator.ts';
import { unwrap } from './editing/bodies.ts';
import { quoteHeader } from './editing/quote.ts';

export default defineMutator({
  name: 'func_pm_unwrap_wrapper',
  summary: 'Keeps the body of a try or with statement and drops the rest.',
  category: 'removal',
  origin: ['SWE-Hub'],
  target: 'function',
  roles: ['wrapper'],
  likelihood: 0.25,
  minComplexity: 10,
  mutate(site, scene) {
    const edit = unwrap(site, scene);
    return edit && { edits: [edit], did: `unwrapped the body of ${quoteHeader(site.node, scene)}` };
  },
});
