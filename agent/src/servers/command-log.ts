const remembered = 500;

/** Commands by the id they came with: one that comes twice, because its answer was lost, is not given to the game twice. */
export class CommandLog {
  readonly #answers = new Map<string, Promise<number>>();

  /** `give` runs once for each id; later callers get its answer, also when it failed. */
  once(id: string, give: () => Promise<number>): Promise<number> {
    const known = this.#answers.get(id);
    if (known) return known;
    const answer = give();
    this.#answers.set(id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > remembered && oldest !== undefined) this.#answers.delete(oldest);
    return answer;
  }
}
