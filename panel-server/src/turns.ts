/** So many at a time; whoever comes later waits, in order of arrival. */
export class Turns {
  readonly #atOnce: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Whether whoever came now would have to wait. */
  get isFull(): boolean {
    return this.#taken >= this.#atOnce;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Gives nothing to wait for when it is one's turn at once; each turn is to be given back. */
  take(): Promise<void> | undefined {
    if (this.isFull) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    return undefined;
  }

  giveBack(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#taken -= 1;
  }
}
