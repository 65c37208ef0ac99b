// What must come before what.

/** Thrown when names wait for each other; `cycle` starts and ends with the same name. */
export class CycleError extends Error {
  readonly cycle: readonly string[];

  constructor(cycle: readonly string[]) {
    super(`tasks wait for each other: ${cycle.join(' -> ')}`);
    this.name = 'CycleError';
    this.cycle = cycle;
  }
}

/** Names and what each of them needs first. Keeps the order in which names were added. */
export class DependencyGraph {
  readonly #needs = new Map<string, Set<string>>();

  add(name: string, needs: Iterable<string> = []): this {
    const known = this.#needs.get(name) ?? new Set<string>();
    for (const need of needs) {
      known.add(need);
      if (!this.#needs.has(need)) this.#needs.set(need, new Set());
    }
    this.#needs.set(name, known);
    return this;
  }

  get size(): number {
    return this.#needs.size;
  }

  needsOf(name: string): readonly string[] {
    const needs = this.#needs.get(name);
    if (needs === undefined) throw new RangeError(`unknown task "${name}"`);
    return [...needs];
  }

  /** Everything that a name needs, however far away, without itself. */
  closure(name: string): Set<string> {
    const found = new Set<string>();
    const open = this.needsOf(name).slice();
    while (open.length > 0) {
      const next = open.pop()!;
      if (found.has(next)) continue;
      found.add(next);
      for (const need of this.needsOf(next)) {
        if (!found.has(need)) open.push(need);
      }
    }
    found.delete(name);
    return found;
  }

  /** Every name that needs this one, directly or not. */
  dependents(name: string): string[] {
    const result: string[] = [];
    for (const other of this.#needs.keys()) {
      if (other !== name && this.closure(other).has(name)) result.push(other);
    }
    return result;
  }

  /** Names in an order in which everything needed comes first. */
  *order(roots: Iterable<string> = this.#needs.keys()): Generator<string> {
    const done = new Set<string>();
    const path: string[] = [];
    const visit = function* (graph: DependencyGraph, name: string): Generator<string> {
      if (done.has(name)) return;
      const position = path.indexOf(name);
      if (position !== -1) throw new CycleError([...path.slice(position), name]);
      path.push(name);
      for (const need of graph.needsOf(name)) yield* visit(graph, need);
      path.pop();
      done.add(name);
      yield name;
    };
    for (const root of roots) yield* visit(this, root);
  }

  /** Groups that may run at the same time: each needs only names of earlier groups. */
  waves(): string[][] {
    const level = new Map<string, number>();
    for (const name of this.order()) {
      let deepest = -1;
      for (const need of this.needsOf(name)) {
        const depth = level.get(need)!;
        if (depth > deepest) deepest = depth;
      }
      level.set(name, deepest + 1);
    }
    const waves: string[][] = [];
    for (const [name, depth] of level) {
      while (waves.length <= depth) waves.push([]);
      waves[depth]!.push(name);
    }
    return waves;
  }
}
