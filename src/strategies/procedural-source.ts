// One open file of the generator: what could be made of it, ranked, and each mutant on request.
import { contentHash } from '../core/ids.ts';
import { createRandom } from '../core/random.ts';
import type { Candidate } from '../core/schema/index.ts';
import type { Edit } from '../core/mutator.ts';
import { createPatchRenderer } from '../lib/diff.ts';
import { scanSource } from '../languages/scan.ts';
import type { Entity, Scan } from '../languages/scan.ts';
import type { Syntax } from '../languages/syntax.ts';
import { isEligible, mutateEntity } from '../mutators/mutate.ts';
import type { Mutant } from '../mutators/mutate.ts';
import { verifyEdits } from '../mutators/verify.ts';
import type { Tool, Workshop } from './procedural-workshop.ts';

/** One mutant to be made: which entity, by what, the how many-th. */
export interface Plan {
  readonly entity: Entity;
  readonly tool: Tool;
  readonly attempt: number;
  /** In [0, 1): plans are carried out in this order, and a sample is a beginning of it. */
  readonly rank: number;
}

/** What became of a plan. */
export type Made =
  | { status: 'made'; candidate: Candidate }
  | { status: 'none' }
  | { status: 'duplicate' }
  | { status: 'unreadable' };

export interface OpenSource extends Disposable {
  readonly scan: Scan;
  /** By rank. */
  readonly plans: readonly Plan[];
  /** Carries out a plan. Post-images in `seen` count as made before; a new one is added. */
  make(plan: Plan, seen: Set<string>): Made;
}

/** Scans a file's text and plans its mutants. Dispose it to free its tree. */
export function openSource(
  workshop: Workshop,
  syntax: Syntax,
  path: string,
  text: string,
): OpenSource {
  const scan = scanSource(syntax, path, text);
  const before = contentHash(text);
  const render = createPatchRenderer(path, text);
  return {
    scan,
    plans: plansOf(workshop, scan),
    make(plan, seen) {
      const { tool, entity, attempt } = plan;
      let outcome: Made = { status: 'none' };
      for (let draw = 0; draw < workshop.attempts; draw += 1) {
        const random = createRandom(
          workshop.seed,
          path,
          entity.key,
          tool.mutator.name,
          attempt,
          draw,
        );
        const mutant = mutateEntity(tool.mutator, tool.settings, entity, scan, random);
        if (!mutant) continue;
        const edit = wholeEdit(text, mutant.edits);
        // Equal to hashing the file after the change, as long as the file before it is the same.
        const id = contentHash(path, before, `${edit.start}:${edit.end}`, edit.text);
        if (seen.has(id)) {
          outcome = { status: 'duplicate' };
          continue;
        }
        const verification = verifyEdits(scan, mutant.edits);
        if (verification === 'unchanged') continue;
        if (verification === 'unreadable') {
          outcome = { status: 'unreadable' };
          continue;
        }
        const patch = render(mutant.edits);
        if (patch.patch === '') continue;
        seen.add(id);
        return {
          status: 'made',
          candidate: {
            id,
            strategy: 'procedural',
            mutator: tool.mutator.name,
            entity: entity.ref,
            language: syntax.language.name,
            ...patch,
            explanation: explain(mutant, entity),
          },
        };
      }
      return outcome;
    },
    [Symbol.dispose]: () => scan[Symbol.dispose](),
  };
}

function plansOf(workshop: Workshop, scan: Scan): Plan[] {
  const plans: Plan[] = [];
  for (const entity of scan.entities) {
    for (const tool of workshop.tools) {
      if (!isEligible(tool.mutator, tool.settings, entity)) continue;
      for (let attempt = 0; attempt < workshop.perEntity; attempt += 1) {
        const rank = createRandom(
          'rank',
          workshop.seed,
          scan.path,
          entity.key,
          tool.mutator.name,
          attempt,
        ).next();
        plans.push({ entity, tool, attempt, rank });
      }
    }
  }
  return plans.sort((one, other) => one.rank - other.rank);
}

/** The one smallest edit that does what all of them do: the same for the same post-image. */
function wholeEdit(text: string, edits: readonly Edit[]): Edit {
  const start = edits[0]?.start ?? 0;
  const end = edits.at(-1)?.end ?? start;
  let after = '';
  let position = start;
  for (const edit of edits) {
    after += text.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  // Edits may overlap what they do not change, so both ends are brought together as far as they go:
  // first over the whole file's text, because a deletion can slide along equal text.
  let [from, to, first, last] = [start, end, 0, after.length];
  while (from < to && first < last && text.charCodeAt(from) === after.charCodeAt(first)) {
    from += 1;
    first += 1;
  }
  while (to > from && last > first && text.charCodeAt(to - 1) === after.charCodeAt(last - 1)) {
    to -= 1;
    last -= 1;
  }
  let replacement = after.slice(first, last);
  // A pure deletion or insertion slides to its latest place: `ab[ab]` and `[ab]ab` are one.
  if (replacement === '') {
    while (to < text.length && text.charCodeAt(from) === text.charCodeAt(to)) {
      from += 1;
      to += 1;
    }
  } else if (from === to) {
    while (from < text.length && replacement.charCodeAt(0) === text.charCodeAt(from)) {
      replacement = replacement.slice(1) + replacement.slice(0, 1);
      from += 1;
      to += 1;
    }
  }
  return { start: from, end: to, text: replacement };
}

function explain(mutant: Mutant, entity: Entity): string {
  const shown = mutant.did.slice(0, 3);
  const more = mutant.did.length - shown.length;
  const rest = more === 0 ? '' : `, and ${more} more change${more === 1 ? '' : 's'} of this kind`;
  return `In \`${entity.name}\`, ${shown.join(', ')}${rest}.`;
}
