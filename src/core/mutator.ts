// The contract of a mutator: written once against syntax roles, it proposes edits and touches nothing.
import type { Language, SyntaxNode } from './language.ts';
import type { Random } from './random.ts';
import type { EntityTarget, SyntaxRole } from './roles.ts';

/** Replaces `[start, end)` of the file's text (UTF-16 units). */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** One place in the code where a role was found. */
export interface Site {
  readonly role: SyntaxRole;
  readonly node: SyntaxNode;
  /** A captured part; throws when the role does not have it. */
  part(name: string): SyntaxNode;
}

/** What a mutator may see while it decides. */
export interface Scene {
  /** The file's whole text. */
  readonly source: string;
  readonly language: Language;
  readonly random: Random;
  /** The entity's own node. */
  readonly entity: SyntaxNode;
  /** The entity's sites of a role, outermost and first in the file first. */
  sites(role: SyntaxRole): readonly Site[];
  text(node: SyntaxNode): string;
  /** True with the mutator's likelihood. */
  flip(): boolean;
}

export interface Mutation {
  edits: readonly Edit[];
  /** Statements to delete; how is the language's affair. */
  removes?: readonly SyntaxNode[];
  /** What was done, past tense, without the entity's name: "swapped the operands of `a - b`". */
  did: string;
}

export interface MutatorSettings {
  /** Chance of acting on each site. */
  likelihood: number;
  /** Bounds of the entity's cyclomatic complexity, inclusive. */
  minComplexity: number;
  maxComplexity: number;
}

export interface Mutator extends MutatorSettings {
  /** The published name: `func_pm_op_swap`. */
  readonly name: `func_pm_${string}`;
  /** Other names under which it was published. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly category: 'operation' | 'control' | 'class' | 'removal';
  /** Who published it: the source of its name and of its default settings. */
  readonly origin: readonly ('SWE-smith' | 'SWE-Hub')[];
  readonly target: EntityTarget;
  /** The sites it acts on. */
  readonly roles: readonly SyntaxRole[];
  /** Roles that the entity must hold for the mutator to consider it. */
  readonly requires?: readonly SyntaxRole[];
  /**
   * `each`: offered every site with its likelihood, several may be taken. `one`: offered exactly one
   * site, chosen at random; it may consult `flip` itself.
   */
  readonly choice: 'each' | 'one';
  /** What to do at one site; undefined where it would be pointless or wrong. */
  mutate(site: Site, scene: Scene): Mutation | undefined;
}

/** What an author states; bounds have the defaults of SWE-smith. */
export type MutatorDefinition = Omit<Mutator, keyof MutatorSettings | 'choice'> &
  Partial<MutatorSettings> &
  Partial<Pick<Mutator, 'choice'>>;

/** Declares a mutator. Defaults follow SWE-smith: likelihood 0.2, complexity at least 3. */
export function defineMutator(definition: MutatorDefinition): Mutator {
  return {
    likelihood: 0.2,
    minComplexity: 3,
    maxComplexity: Number.POSITIVE_INFINITY,
    choice: 'each',
    ...definition,
  };
}
