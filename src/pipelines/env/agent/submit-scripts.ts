// The tool with which the env agent hands in its scripts.
import { z } from 'zod';
import { defineTool } from '../../../core/agent.ts';
import type { Tool } from '../../../core/agent.ts';
import type { AgentWorkKind } from './prompts/instructions.ts';
import { renderHandedIn } from './tags.ts';

const install = z
  .string()
  .describe('The whole install script: from a fresh checkout to everything the tests need.');
const testing = z.string().min(1).describe('The whole test script: runs the tests, offline.');
const summary = z
  .string()
  .default('')
  .describe('For a person, in two or three sentences: what had to be done, what was left out.');

const description =
  'Hand in your work. It is rebuilt and checked elsewhere; a refusal comes back to you with its reason.';

/** By what the agent has to deliver. */
export const submitTools: Readonly<Record<AgentWorkKind, Tool>> = {
  whole: defineTool({
    name: 'submit',
    description,
    parameters: z.object({ install_script: install, test_script: testing, summary }),
    run: (given) => Promise.resolve(handIn(given)),
  }),
  install: defineTool({
    name: 'submit',
    description,
    parameters: z.object({ install_script: install, summary }),
    run: (given) => Promise.resolve(handIn(given)),
  }),
  test: defineTool({
    name: 'submit',
    description,
    parameters: z.object({ test_script: testing, summary }),
    run: (given) => Promise.resolve(handIn(given)),
  }),
};

function handIn(given: Parameters<typeof renderHandedIn>[0]) {
  const submission = renderHandedIn(given);
  return { content: 'Handed in.', ends: { outcome: 'finished' as const, submission } };
}
