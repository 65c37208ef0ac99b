// Writes an issue from a failing test: its source and what it printed.
import type { Random } from '../core/random.ts';
import type { FailingTest } from '../core/schema/index.ts';
import { fence, inlineCode } from './source-text.ts';
import { parseTestId, shortTestName } from './test-name.ts';
import type { TestSource } from './test-source.ts';

export interface TestFacts {
  failToPass: readonly FailingTest[];
  /** Source of the first failing test, when it could be found. */
  source: TestSource | undefined;
  /** What it printed, cleaned and clipped; empty when nothing was. */
  output: string;
}

const openings: Readonly<Record<'fails' | 'loads' | 'hangs' | 'dies', readonly string[]>> = {
  fails: [
    '{test} fails. As far as I can tell the test is right and the code is wrong.',
    'The following test does not pass, although it describes what the code should do: {test}.',
    'I expected {test} to pass, but it does not.',
    'There is a regression: {test} used to pass and fails now.',
  ],
  loads: [
    '{test} cannot even be loaded.',
    '{test} does not start: something breaks while the code is loaded.',
  ],
  hangs: [
    '{test} never comes to an end.',
    '{test} hangs; I stopped it after waiting far longer than it usually takes.',
  ],
  dies: ['{test} takes the whole test process down.', 'The process ends while {test} runs.'],
};
const manner = {
  assertion: 'fails',
  error: 'fails',
  collection: 'loads',
  missing: 'loads',
  timeout: 'hangs',
  crash: 'dies',
} as const;
const sourceLeads = ['The test:', 'Test source:', 'This is the test:'];
const outputLeads = ['Its output:', 'What it prints:', 'Output:'];
const closings = [
  'The code under test should be fixed so that it passes.',
  'Please make it pass by fixing the code, not the test.',
  'Fixing the code should be enough; the test states what is expected.',
];

/** The whole text, in Markdown. The same random stream gives the same text. */
export function renderTestStatement(facts: TestFacts, random: Random): string {
  const { failToPass, source, output } = facts;
  const [first] = failToPass;
  if (!first) return '';
  const { path, names } = parseTestId(first.id);
  const test =
    names.length === 0 ? inlineCode(path) : `${inlineCode(shortTestName(first.id))} in \`${path}\``;
  const parts = [random.pick(openings[manner[first.kind]]).replace('{test}', () => test)];
  const lead = { source: random.pick(sourceLeads), output: random.pick(outputLeads) };
  if (source) parts.push(lead.source, fence(source.text, source.fence));
  if (output !== '') parts.push(lead.output, fence(output));
  const others = failToPass.length - 1;
  if (others === 1) parts.push(`${inlineCode(failToPass[1]?.id ?? '')} fails as well.`);
  else if (others > 1)
    parts.push(`${others} other tests fail for what is probably the same reason.`);
  parts.push(random.pick(closings));
  return parts.join('\n\n');
}
