/** So many at a time; whoever comes later waits, in order of arrival, but those in a hurry before all others. */
export class Turns {
  readonly #atOnce: number;
  #taken = 0;
  readonly #hurried: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Whether whoever came now would have to wait. */
  get isFull(): boolean {
    return this.#taken >= this.#atOnce;
  }

  /** How many wait, of those in a hurry or of the others. */
  waiting(inHurry = false): number {
    return this.#queue(inHurry).length;
  }

  /** Gives nothing to wait for when it is one's turn at once; each turn is to be given back. */
  take(inHurry = false): Promise<void> | undefined {
    if (this.isFull) return new Promise((resolve) => this.#queue(inHurry).push(resolve));
    this.#taken += 1;
    return undefined;
  }

  giveBack(): void {
    const next = this.#hurried.shift() ?? this.#waiting.shift();
    if (next) next();
    else this.#taken -= 1;
  }

  #queue(inHurry: boolean): (() => void)[] {
    return inHurry ? this.#hurried : this.#waiting;
  }
}
