// The door of this room: describes one bug for the person or model that is to fix it, without a model.
import { createRandom } from '../core/random.ts';
import type { Candidate, StatementMethod, Task, Verdict } from '../core/schema/index.ts';
import { cleanOutput, clipOutput, headline, triggerLine } from './failure-output.ts';
import { leaks, withoutLeaks } from './leaks.ts';
import { renderTemplate } from './template-statement.ts';
import { drawTemplate } from './templates.ts';
import { renderTestStatement } from './test-statement.ts';
import { parseTestId } from './test-name.ts';
import type { TestSources } from './test-source.ts';

export interface StatementRequest {
  method: StatementMethod;
  seed: number;
  candidate: Candidate;
  verdict: Extract<Verdict, { status: 'kept' }>;
  /** Read by the method `tests` only. */
  sources: TestSources;
}

const DRAWS = 6;

/**
 * Writes a task's statement: `template` draws one of nine kinds, `tests` shows a failing test and its
 * output, `none` leaves it empty. The same seed and candidate give the same text. A statement never
 * holds a line that the bug's patch changes; a test's own source is shown as it is.
 */
export async function writeStatement(request: StatementRequest): Promise<Task['statement']> {
  const { method, seed, candidate, verdict } = request;
  if (method === 'none') return { text: '', method, template: null };
  const output = withoutLeaks(cleanOutput(verdict.failureOutput), candidate);
  if (method === 'tests') {
    const [first] = verdict.failToPass;
    const source = first && (await request.sources.read(first.id));
    const facts = { failToPass: verdict.failToPass, source, output: clipOutput(output, 50) };
    const text = renderTestStatement(facts, createRandom(seed, candidate.id, 'statement'));
    return { text, method, template: null };
  }
  const template = drawTemplate(createRandom(seed, candidate.id, 'template'));
  const excerpt = tellingExcerpt(output);
  const trigger = triggerLine(output, parseTestId(verdict.failToPass[0]?.id ?? '').path);
  const draw = (number: number, shown: string | undefined): string =>
    renderTemplate(
      template,
      { candidate, failToPass: verdict.failToPass, excerpt: shown, trigger },
      createRandom(seed, candidate.id, 'statement', number),
    );
  for (let number = 0; number < DRAWS; number += 1) {
    const text = draw(number, excerpt);
    if (leaks(text, candidate).length === 0) return { text, method, template: template.name };
  }
  return { text: draw(DRAWS, undefined), method, template: template.name };
}

/** A bare `AssertionError` says less than the sentence around it. */
function tellingExcerpt(output: string): string | undefined {
  const found = headline(output);
  return found === undefined || /^[\w.]+(\s*\[\w+\])?:?$/.test(found) ? undefined : found;
}
