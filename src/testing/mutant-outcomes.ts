// Shows everything that a mutator can make of a piece of code, so that a test can name each outcome.
import type { Mutator, MutatorSettings } from '../core/mutator.ts';
import type { Language } from '../core/language.ts';
import { createRandom } from '../core/random.ts';
import { scanSource } from '../languages/scan.ts';
import { openSyntax } from '../languages/syntax.ts';
import { isEligible, mutateEntity } from '../mutators/mutate.ts';
import { applyEdits, verifyEdits } from '../mutators/verify.ts';

/** Without bounds of complexity, and as likely to act on a site as not: small pieces of code have all outcomes. */
const open: MutatorSettings = {
  likelihood: 0.5,
  minComplexity: 0,
  maxComplexity: Number.POSITIVE_INFINITY,
};

/**
 * The distinct texts that a number of draws (default 200) produce, sorted. Outcomes that do not
 * parse, or change nothing, are reported instead of left out: a mutator should not propose them.
 */
export async function reachableOutcomes(
  mutator: Mutator,
  language: Language,
  source: string,
  draws = 200,
): Promise<string[]> {
  const syntax = await openSyntax(language);
  using scan = scanSource(syntax, 'sample', source);
  const outcomes = new Set<string>();
  for (const entity of scan.entities) {
    if (!isEligible(mutator, open, entity)) continue;
    for (let draw = 0; draw < draws; draw += 1) {
      const random = createRandom('outcomes', entity.key, draw);
      const mutant = mutateEntity(mutator, open, entity, scan, random);
      if (!mutant) continue;
      const text = applyEdits(source, mutant.edits, 0, source.length);
      const verdict = verifyEdits(scan, mutant.edits);
      outcomes.add(verdict === 'sound' ? text : `${verdict}: ${text}`);
    }
  }
  return [...outcomes].sort();
}
