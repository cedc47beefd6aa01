import type { DataSource } from 'typeorm';

const askAgainMs = 1000;
const databaseTimeoutMs = 2000;

/** Whether the panel can serve: started, not stopping, and its database answers. */
export class Readiness {
  readonly #database: DataSource;
  #isStarted = false;
  #answer: Promise<boolean> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(database: DataSource) {
    this.#database = database;
  }

  setStarted(isStarted: boolean): void {
    this.#isStarted = isStarted;
  }

  async isReady(): Promise<boolean> {
    if (!this.#isStarted) return false;
    if (performance.now() - this.#askedAt > askAgainMs) {
      this.#askedAt = performance.now();
      this.#answer = this.#databaseAnswers();
    }
    return (await this.#answer) ?? false;
  }

  async #databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, databaseTimeoutMs, false);
    });
    const asked = this.#database.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const answers = await Promise.race([asked, tooLate]);
    clearTimeout(timer);
    return answers;
  }
}
