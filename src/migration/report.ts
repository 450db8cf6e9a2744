import type { Writable } from 'node:stream';
import { escaped } from '../util/legible';

/** The longest reason that is told, in characters. */
const MAX_REASON = 300;

/** What became of a heartbeat in a file. */
export interface Outcome {
  /** Where it stands, such as `line 4`. */
  readonly where: string;
  readonly kind: 'imported' | 'skipped' | 'refused';
  readonly reason?: string;
}

/** Counts what became of the heartbeats of a file, and tells of each that was not imported. */
export class Report {
  private readonly counts = { imported: 0, skipped: 0, refused: 0 };

  /** @param write where the lines of the report go */
  constructor(private readonly write: (text: string) => Promise<void>) {}

  get imported(): number {
    return this.counts.imported;
  }

  get refused(): number {
    return this.counts.refused;
  }

  async add(outcomes: readonly Outcome[]): Promise<void> {
    let text = '';
    for (const { where, kind, reason } of outcomes) {
      this.counts[kind] += 1;
      if (kind !== 'imported') text += `${where}: ${kind}: ${legible(reason ?? '')}\n`;
    }
    if (text !== '') await this.write(text);
  }

  /** The last line. */
  finish(): Promise<void> {
    const { imported, skipped, refused } = this.counts;
    return this.write(`imported ${imported}, skipped ${skipped}, refused ${refused}\n`);
  }
}

/** @returns the text as one line that no terminal takes for a command, of a length that can be read */
export function legible(text: string): string {
  return escaped(text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text);
}

/** Writes to a stream that stays open. Rejects where its reader is gone. */
export function writeTo(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The error comes to the callback too; as an event without a listener it would end the process.
    const ignore = (): void => undefined;
    stream.once('error', ignore);
    stream.write(text, (error) => {
      stream.off('error', ignore);
      if (error) reject(error);
      else resolve();
    });
  });
}
