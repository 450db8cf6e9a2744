/** A terminal, as far as a bar needs one. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const WIDTH = 30;
const EVERY_MS = 100;

/** A bar on a terminal; nothing anywhere else. */
export class Progress {
  private lastDrawn = Number.NEGATIVE_INFINITY;

  /** @param total what counts as all; 0 where nobody knows, which shows what is done alone */
  constructor(
    private readonly terminal: Terminal,
    private readonly total: number,
  ) {}

  /** Draws the bar anew, ten times a second at most. */
  show(done: number): void {
    const now = performance.now();
    if (!this.terminal.isTTY || now - this.lastDrawn < EVERY_MS) return;
    this.lastDrawn = now;
    this.terminal.write(`\r\u001b[K${this.total > 0 ? this.bar(done) : done.toLocaleString('en')}`);
  }

  /** Removes the bar, so that something else can be written. */
  clear(): void {
    if (!this.terminal.isTTY || this.lastDrawn === Number.NEGATIVE_INFINITY) return;
    this.terminal.write('\r\u001b[K');
    this.lastDrawn = Number.NEGATIVE_INFINITY;
  }

  private bar(done: number): string {
    const part = Math.min(1, done / this.total);
    const full = Math.round(part * WIDTH);
    return `[${'#'.repeat(full)}${' '.repeat(WIDTH - full)}] ${Math.floor(part * 100)} %`;
  }
}
