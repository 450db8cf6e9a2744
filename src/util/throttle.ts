import { CappedMap } from './capped-map';

/** So many texts are remembered. */
const TEXTS = 100;

/** Lets lines of the log be written rarely, for a failure that every request meets. */
export class Throttle {
  private last = Number.NEGATIVE_INFINITY;
  private readonly told = new CappedMap<string, number>(TEXTS);

  /**
   * @param everyMs the least time between two lines
   * @param repeatMs the least time between two lines of the same text
   */
  constructor(
    private readonly everyMs: number,
    private readonly repeatMs: number,
  ) {}

  /** Writes the line, unless one was written, or the same one, less than that ago by the monotonic clock. */
  run(text: string, write: (text: string) => void): void {
    const now = performance.now();
    const told = this.told.get(text) ?? Number.NEGATIVE_INFINITY;
    if (now - this.last < this.everyMs || now - told < this.repeatMs) return;
    this.last = now;
    this.told.set(text, now);
    write(text);
  }
}
