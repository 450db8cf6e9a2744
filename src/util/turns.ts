/** Somebody who waits for a turn. */
interface Waiting {
  readonly begin: () => void;
  readonly giveUp: (error: unknown) => void;
}

/** Lets so many pieces of work run at the same time; others wait, in the order in which they came. */
export class Turns {
  private running = 0;
  private readonly waiting: Waiting[] = [];

  /**
   * @param atOnce how many run at the same time
   * @param concernsAll whether what one piece of work failed with lets those that wait fail too, at once: nobody is kept waiting
   * for what cannot be had
   */
  constructor(
    private readonly atOnce: number,
    private readonly concernsAll: (error: unknown) => boolean,
  ) {}

  /** @returns what the work gives, or rejects with what it rejects with */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // Whoever ends passes its turn on.
    if (this.running < this.atOnce) this.running += 1;
    else await new Promise<void>((begin, giveUp) => this.waiting.push({ begin, giveUp }));
    try {
      return await work();
    } catch (error) {
      if (this.concernsAll(error)) for (const { giveUp } of this.waiting.splice(0)) giveUp(error);
      throw error;
    } finally {
      const next = this.waiting.shift();
      if (next) next.begin();
      else this.running -= 1;
    }
  }
}
