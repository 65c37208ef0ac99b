// Makes bugs without a model: every mutator on every entity it suits, the same for the same seed.
import type { MutatorSettings } from '../core/mutator.ts';
import { createRandom } from '../core/random.ts';
import type { Candidate } from '../core/schema/index.ts';
import { openSyntax } from '../languages/syntax.ts';
import { listSources, readSource } from './procedural-files.ts';
import type { FileChoice, SourceFile } from './procedural-files.ts';
import { openSource } from './procedural-source.ts';
import type { OpenSource, Plan } from './procedural-source.ts';
import { Ranking } from './procedural-ranking.ts';
import { openWorkshop } from './procedural-workshop.ts';
import type { Workshop } from './procedural-workshop.ts';

export interface ProceduralOptions extends FileChoice {
  seed: number;
  /** Its whole family is read: `typescript` means JavaScript and TSX files as well. All by default. */
  language?: string;
  /** Names, or paths of modules; all built-in ones when absent. */
  mutators?: readonly string[] | null;
  /** Mutants wanted of each entity by each mutator. Default 1. */
  perEntity?: number;
  /** An unbiased sample of this size, in random order; a smaller one is the beginning of a larger. */
  maxCandidates?: number | null;
  /** Per mutator, by name; the published settings by default. */
  settings?: Readonly<Record<string, Partial<MutatorSettings>>>;
  /** Draws of one mutant before giving up. Default 5, as in SWE-smith. */
  attempts?: number;
  /** Larger files are skipped. Default 1 MiB. */
  maxFileBytes?: number;
  signal?: AbortSignal;
}

export interface ProceduralSummary {
  entities: number;
  /** Mutants dropped because an equal post-image came first. */
  duplicates: number;
  /** Mutants dropped because they did not parse, by mutator. */
  unreadable: Record<string, number>;
  /** Entities left out because they stand in or around text that the grammar cannot read. */
  unreadableEntities: number;
  /** Files left out, by reason. */
  skippedFiles: Record<string, number>;
}

export interface Generation {
  /** To be read once. */
  candidates: AsyncIterable<Candidate>;
  /** What was seen so far; final when the candidates have ended. */
  summary(): ProceduralSummary;
}

/** Plans of a sample carried out together: large enough to open a file seldom, small enough to hold. */
const [smallestBand, largestBand] = [256, 32_768];

/**
 * Generates procedural candidates with the mutators of SWE-smith and SWE-Hub, as a stream. What a
 * candidate is depends on seed, path, entity, mutator and attempt alone: neither the order of files
 * nor the machine changes it. Throws `unknown-mutator`, `unknown-language` and what the file system throws.
 */
export function generateCandidates(options: ProceduralOptions): Generation {
  const summary: ProceduralSummary = {
    entities: 0,
    duplicates: 0,
    unreadable: {},
    unreadableEntities: 0,
    skippedFiles: {},
  };
  return { candidates: generate(options, summary), summary: () => summary };
}

async function* generate(
  options: ProceduralOptions,
  summary: ProceduralSummary,
): AsyncGenerator<Candidate> {
  const workshop = await openWorkshop(options);
  const files = await listSources(options, workshop.languages);
  // The first candidates of a run should come from anywhere, whatever order the files came in.
  const shuffled = files
    .map((file) => ({ file, rank: createRandom('file', options.seed, file.path).next() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ file }) => file);
  const generator = new Generator(workshop, summary, options.signal);
  const wanted = options.maxCandidates ?? undefined;
  yield* wanted === undefined ? generator.all(shuffled) : generator.sample(shuffled, wanted);
}

class Generator {
  readonly #workshop: Workshop;
  readonly #summary: ProceduralSummary;
  readonly #signal: AbortSignal | undefined;

  constructor(workshop: Workshop, summary: ProceduralSummary, signal: AbortSignal | undefined) {
    this.#workshop = workshop;
    this.#summary = summary;
    this.#signal = signal;
  }

  async *all(files: readonly SourceFile[]): AsyncGenerator<Candidate> {
    for (const file of files) {
      using source = await this.#open(file);
      if (!source) continue;
      this.#count(source);
      const seen = new Set<string>();
      for (const plan of source.plans) {
        const candidate = this.#make(source, plan, seen);
        if (candidate) yield candidate;
      }
    }
  }

  /** Ranks all plans first, then carries them out in bands, so that memory does not grow with the sample. */
  async *sample(files: readonly SourceFile[], wanted: number): AsyncGenerator<Candidate> {
    const ranking = await this.#rank(files);
    const seen = new Map<number, Set<string>>();
    let left = wanted;
    for (let from = 0; from < ranking.length && left > 0;) {
      const size = Math.min(largestBand, Math.max(smallestBand, Math.ceil(left * 1.5)));
      const band = ranking.slice(from, from + size);
      from += size;
      const found: { rank: number; candidate: Candidate }[] = [];
      for (const [index, chosen] of Map.groupBy(band, ({ file }) => file)) {
        using source = await this.#open(files[index] as SourceFile, false);
        const ids = seen.get(index) ?? new Set<string>();
        seen.set(index, ids);
        for (const { rank, place } of chosen) {
          const plan = source?.plans[place];
          const candidate = source && plan && this.#make(source, plan, ids);
          // A clone holds its own text only; slices would keep every file alive.
          if (candidate) found.push({ rank, candidate: structuredClone(candidate) });
        }
      }
      found.sort((one, other) => one.rank - other.rank);
      for (const { candidate } of found.slice(0, left)) yield candidate;
      left -= Math.min(left, found.length);
    }
  }

  /** Every plan of every file, lowest rank first. */
  async #rank(files: readonly SourceFile[]): Promise<Ranking> {
    const ranking = new Ranking();
    for (const [index, file] of files.entries()) {
      using source = await this.#open(file);
      if (!source) continue;
      this.#count(source);
      for (const [place, { rank }] of source.plans.entries()) ranking.add(rank, index, place);
    }
    ranking.sort();
    return ranking;
  }

  async #open(file: SourceFile, counts = true): Promise<OpenSource | undefined> {
    this.#signal?.throwIfAborted();
    const read = await readSource(file, this.#workshop.maxFileBytes);
    if ('text' in read) {
      const syntax = await openSyntax(file.language);
      return openSource(this.#workshop, syntax, file.path, read.text);
    }
    if (counts) {
      const { skippedFiles } = this.#summary;
      skippedFiles[read.skipped] = (skippedFiles[read.skipped] ?? 0) + 1;
    }
    return undefined;
  }

  #count({ scan }: OpenSource): void {
    this.#summary.entities += scan.entities.length;
    this.#summary.unreadableEntities += scan.unreadable;
  }

  #make(source: OpenSource, plan: Plan, seen: Set<string>): Candidate | undefined {
    const made = source.make(plan, seen);
    if (made.status === 'made') return made.candidate;
    if (made.status === 'duplicate') this.#summary.duplicates += 1;
    if (made.status === 'unreadable') {
      const { name } = plan.tool.mutator;
      this.#summary.unreadable[name] = (this.#summary.unreadable[name] ?? 0) + 1;
    }
    return undefined;
  }
}
