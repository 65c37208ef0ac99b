// The static install recipes; among plans of equal preference the earlier recipe is tried first.
import { defineRegistry } from '../../lib/registry.ts';
import type { Recipe } from '../recipe.ts';

export const recipes = defineRegistry<Recipe>('recipe', {
  given: () => import('./given.ts'),
  'python-source': () => import('./python-source.ts'),
  'python-venv': () => import('./python-venv.ts'),
  'python-venv-plain': () => import('./python-venv-plain.ts'),
  'javascript-source': () => import('./javascript-source.ts'),
  'javascript-locked': () => import('./javascript-locked.ts'),
  'javascript-npm': () => import('./javascript-npm.ts'),
});
