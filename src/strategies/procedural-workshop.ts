// What a run of the generator needs, loaded once: mutators with their settings, and languages.
import type { Language } from '../core/language.ts';
import type { Mutator, MutatorSettings } from '../core/mutator.ts';
import { loadLanguages } from '../languages/registry.ts';
import { mutators as registry } from '../mutators/registry.ts';

export interface Tool {
  readonly mutator: Mutator;
  readonly settings: MutatorSettings;
}

export interface Workshop {
  readonly seed: number;
  /** Mutants wanted of each entity by each mutator. */
  readonly perEntity: number;
  /** Draws of one mutant before giving up. */
  readonly attempts: number;
  readonly maxFileBytes: number;
  readonly tools: readonly Tool[];
  readonly languages: readonly Language[];
}

export interface WorkshopOptions {
  seed: number;
  language?: string;
  mutators?: readonly string[] | null;
  perEntity?: number;
  attempts?: number;
  maxFileBytes?: number;
  settings?: Readonly<Record<string, Partial<MutatorSettings>>>;
}

/** Loads mutators and languages' descriptions. Throws `unknown-mutator` and `unknown-language`. */
export async function openWorkshop(options: WorkshopOptions): Promise<Workshop> {
  const names = options.mutators ?? registry.names;
  const mutators = await Promise.all(names.map((name) => registry.load(name)));
  const languages = await loadLanguages(options.language);
  return {
    seed: options.seed,
    perEntity: options.perEntity ?? 1,
    attempts: options.attempts ?? 5,
    maxFileBytes: options.maxFileBytes ?? 1024 * 1024,
    tools: mutators.map((mutator) => ({
      mutator,
      settings: {
        likelihood: mutator.likelihood,
        minComplexity: mutator.minComplexity,
        maxComplexity: mutator.maxComplexity,
        ...options.settings?.[mutator.name],
      },
    })),
    languages,
  };
}
