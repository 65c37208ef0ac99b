// Holds the rank of every plan of a repository in twenty bytes each: there may be millions.

export interface Ranked {
  rank: number;
  /** Index of the file. */
  file: number;
  /** Index of the plan in its file. */
  place: number;
}

/** A growing list of ranks that can be sorted once and read in slices. */
export class Ranking {
  #ranks = new Float64Array(4096);
  #files = new Uint32Array(4096);
  #places = new Uint32Array(4096);
  #order = new Uint32Array(0);
  length = 0;

  add(rank: number, file: number, place: number): void {
    if (this.length === this.#ranks.length) this.#grow();
    this.#ranks[this.length] = rank;
    this.#files[this.length] = file;
    this.#places[this.length] = place;
    this.length += 1;
  }

  /** Orders by rank; equal ranks keep the order in which they were added. */
  sort(): void {
    const ranks = this.#ranks;
    this.#order = Uint32Array.from({ length: this.length }, (_, index) => index);
    this.#order.sort((one, other) => (ranks[one] ?? 0) - (ranks[other] ?? 0) || one - other);
  }

  slice(from: number, to: number): Ranked[] {
    return Array.from(this.#order.subarray(from, to), (index) => ({
      rank: this.#ranks[index] ?? 0,
      file: this.#files[index] ?? 0,
      place: this.#places[index] ?? 0,
    }));
  }

  #grow(): void {
    const wider = this.length * 2;
    const [ranks, files, places] = [
      new Float64Array(wider),
      new Uint32Array(wider),
      new Uint32Array(wider),
    ];
    ranks.set(this.#ranks);
    files.set(this.#files);
    places.set(this.#places);
    [this.#ranks, this.#files, this.#places] = [ranks, files, places];
  }
}
