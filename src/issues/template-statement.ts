// Writes an issue from a template: symptom first, then as much as the template tells.
import type { Random } from '../core/random.ts';
import type { Candidate, FailingTest } from '../core/schema/index.ts';
import { describeBugType } from './bug-type.ts';
import * as phrases from './phrases.ts';
import { fence, inlineCode } from './source-text.ts';
import type { Template } from './templates.ts';
import { parseTestId, shortTestName } from './test-name.ts';

export interface Facts {
  candidate: Candidate;
  failToPass: readonly FailingTest[];
  /** What the first failing test printed, cut to what says what is wrong. */
  excerpt: string | undefined;
  /** The line of that test at which it failed, with its place. */
  trigger: string | undefined;
}

const LISTED = 20;

/** The whole text, in Markdown. The same random stream gives the same text. */
export function renderTemplate(template: Template, facts: Facts, random: Random): string {
  const { candidate, failToPass, excerpt, trigger } = facts;
  const tells = new Set(template.tells);
  const symptom = phrases.symptomOf(failToPass[0]?.kind ?? 'assertion', excerpt);
  const tellsTests = tells.has('test') || tells.has('test-list');
  const place = tells.has('function') ? 'function' : tells.has('file') ? 'file' : 'nowhere';
  const values = {
    path: candidate.entity.path,
    name: nameOf(candidate),
    error: nameOfError(excerpt),
    type: random.pick(describeBugType(candidate.mutator)),
  };
  const say = (pool: readonly string[], more: Record<string, string> = {}): string =>
    fill(random.pick(pool), { ...values, ...more });

  const parts: string[] = [];
  if (random.chance(0.5))
    parts.push(say(phrases.titles[place][symptom], { error: errorName(excerpt) ?? 'error' }));
  const testFirst = tells.has('test') && place === 'nowhere' && random.chance(0.5);
  const guess = tells.has('type') ? say(phrases.guesses) : '';
  const opening = say(phrases.openings[place][symptom]);
  const guessEarly = random.chance(0.5);
  parts.push(guessEarly && guess !== '' ? `${opening} ${guess}` : opening);
  if (testFirst) parts.push(mentionTest(failToPass, say));
  if (excerpt !== undefined) {
    const shown = tellsTests && trigger !== undefined ? `${trigger}\n${excerpt}` : excerpt;
    parts.push(say(phrases.leadIns[symptom]), fence(shown));
  }
  if (!guessEarly) parts.push(guess);
  if (tells.has('test') && !testFirst) parts.push(mentionTest(failToPass, say));
  if (tells.has('test-list')) parts.push(listTests(failToPass, say));
  parts.push(say(tellsTests ? phrases.closingsWithTests : phrases.closings));
  return parts.filter((part) => part !== '').join('\n\n');
}

const fill = phrases.fill;
type Say = (pool: readonly string[], more?: Record<string, string>) => string;

function nameOf({ entity }: Candidate): string {
  return entity.kind === 'class' ? `the class \`${entity.name}\`` : `\`${entity.name}\``;
}

/** The exception in code marks with its article, or a general word. */
function nameOfError(excerpt: string | undefined): string {
  const name = errorName(excerpt);
  if (name === undefined) return 'an error';
  return `${/^`[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

function errorName(excerpt: string | undefined): string | undefined {
  const name = /^(?:[\w.]*\.)?([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning))\b/m.exec(
    excerpt ?? '',
  )?.[1];
  return name === undefined ? undefined : `\`${name}\``;
}

function mentionTest(failToPass: readonly FailingTest[], say: Say): string {
  const [first, ...others] = failToPass;
  if (!first) return '';
  const { path, names } = parseTestId(first.id);
  const test =
    names.length === 0 ? inlineCode(path) : `${inlineCode(shortTestName(first.id))} in \`${path}\``;
  const mention = say(phrases.testMentions, { test });
  if (others.length === 0) return mention;
  const more =
    others.length === 1
      ? say(phrases.oneOtherTest)
      : say(phrases.otherTests, { count: String(others.length) });
  return `${mention} ${more}`;
}

function listTests(failToPass: readonly FailingTest[], say: Say): string {
  const lead = say(failToPass.length === 1 ? phrases.singleListLeadIns : phrases.listLeadIns);
  const shown = failToPass.slice(0, LISTED).map(({ id }) => `- ${inlineCode(id)}`);
  const rest = failToPass.length - shown.length;
  if (rest > 0) shown.push(`- and ${rest} more`);
  return `${lead}\n\n${shown.join('\n')}`;
}
