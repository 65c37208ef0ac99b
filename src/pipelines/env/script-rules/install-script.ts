// What an install script may not do: run tests, or need more rights than an environment gives.
import { everyCall, layersOf } from './calls.ts';
import { runsTests } from './programs.ts';

/** Why the gate refuses a script, in one sentence, with a code that programs may branch on. */
export interface ScriptRefusal {
  code: string;
  reason: string;
}

/**
 * Reads every command of the script, also in branches, functions and scripts handed to other shells.
 * Undefined when there is nothing to refuse: whether it works is for the replays to say.
 */
export async function reviewInstallScript(script: string): Promise<ScriptRefusal | undefined> {
  for (const { words, text } of await everyCall(script)) {
    if (words.length === 0) continue;
    const layers = layersOf(words);
    if (layers.some(runsTests)) {
      return {
        code: 'install-script-tests',
        reason: `The install script runs tests (${quote(text)}). Tests belong into the test script alone.`,
      };
    }
    if (layers.some(({ program }) => /^(?:sudo|doas|su)$/.test(program))) {
      return {
        code: 'install-script-rights',
        reason: `The install script asks for another user’s rights (${quote(text)}). It has to work without.`,
      };
    }
  }
  return undefined;
}

/** A command as a sentence shows it. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `\`${line.length > 120 ? `${line.slice(0, 120)}…` : line}\``;
}
