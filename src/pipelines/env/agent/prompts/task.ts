// What the env agent is told about the one repository in front of it, and what it is told when it falls short.
import type { EnvironmentSpec } from '../../../../core/schema/index.ts';
import type { Scripts } from '../../scripted-spec.ts';
import type { AgentWorkKind } from './instructions.ts';

export interface TaskFacts {
  name: string;
  revision: string;
  /** Absolute, inside the sandbox. */
  folder: string;
  /** Most lines first. */
  languages: readonly string[];
  files: readonly string[];
  /** Why each framework was recognised. */
  signs: readonly string[];
  /** Programs of this machine with their versions. */
  programs: readonly string[];
  tried: readonly TriedBefore[];
}

/** Something that was tried without a model, and what came of it. */
export interface TriedBefore {
  what: string;
  install: string[];
  reason: string;
  output: string;
}

const shownEntries = 80;
const shownAttempts = 3;
const shownOutput = 1500;

/** The first user message. */
export function renderTask(facts: TaskFacts, install?: string): string {
  const parts = [
    `The repository is ${facts.name} at ${facts.revision}, in ${facts.folder}.`,
    `Languages: ${facts.languages.join(', ') || 'none recognised'}. On this machine: ${facts.programs.join(', ')}.`,
    `Its root holds:\n${rootEntries(facts.files)}`,
    facts.signs.length > 0
      ? `Signs of tests:\n${facts.signs.map((sign) => `- ${sign}`).join('\n')}`
      : 'No sign of a known test framework was found in its files.',
    ...(install === undefined ? [] : [`This environment was built by\n\n${fence(install)}`]),
    ...renderTried(facts.tried),
  ];
  return parts.join('\n\n');
}

function renderTried(tried: readonly TriedBefore[]): string[] {
  if (tried.length === 0) return [];
  const shown = tried.slice(-shownAttempts).map(({ what, install, reason, output }) => {
    const end = output.trim().slice(-shownOutput);
    const commands = install.length === 0 ? '(nothing to install)' : install.join('\n');
    return `## ${what}\n\n${fence(commands)}\n\n${reason}${end === '' ? '' : `\n\n${fence(end)}`}`;
  });
  return [`# Tried before, without success\n\n${shown.join('\n\n')}`];
}

function rootEntries(files: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const [first = '', ...rest] = file.split('/');
    const entry = rest.length > 0 ? `${first}/` : first;
    counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  const entries = [...counts].map(([entry, count]) =>
    entry.endsWith('/') ? `${entry} (${count} ${count === 1 ? 'file' : 'files'})` : entry,
  );
  const more = entries.length - shownEntries;
  return `${entries.slice(0, shownEntries).join('\n')}${more > 0 ? `\n… and ${more} more` : ''}`;
}

/** A text in fences that it cannot close. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}\n${text}\n${mark}`;
}

/** Sent once when an agent ends without its scripts. */
export function renderReminder(kind: AgentWorkKind): string {
  const tags = {
    whole: '<install_script>…</install_script> and <test_script>…</test_script>',
    install: '<install_script>…</install_script>',
    test: '<test_script>…</test_script>',
  }[kind];
  return `Your last message does not hold ${tags}. If the work is done, call \`submit\`, or write them now; if it is not, go on; if it cannot be done, call \`stop\`.`;
}

/** Sent when the gate refuses what an agent submitted. */
export function renderRefusal(
  { reason, output }: { reason: string; output: string },
  chancesLeft: number,
): string {
  const end = output.trim().slice(-2 * shownOutput);
  const chances =
    chancesLeft === 0 ? 'This is the last time.' : `You may submit ${chancesLeft + 1} more times.`;
  return `The gate refuses this: ${reason}${end === '' ? '' : `\n\n${fence(end)}`}\n\nYour sandbox is as you left it. Find the cause, mend it, and submit again. ${chances}`;
}

/** Ends the warning that much of a suite fails; it is given once. */
export const poorAdvice =
  'If no installation can mend the rest, submit the same again and say in the summary why.';

/** What an environment that did not work consisted of, for the next one who tries. */
export function describeTried(spec: EnvironmentSpec, reason: string, output: string): TriedBefore {
  return {
    what: `${spec.recipe} with ${spec.test.framework}`,
    install: [...spec.install],
    reason: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
    output,
  };
}

/** The same of scripts. */
export function describeScripts(
  { installScript, testScript }: Scripts,
  reason: string,
  output: string,
): TriedBefore {
  return {
    what: 'Given scripts',
    install: [installScript, `# test: ${testScript}`],
    reason,
    output,
  };
}
