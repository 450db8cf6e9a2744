/** How many heartbeats are written, or looked for, with one operation: it must end within the time of a request, on a busy machine too. */
const CHUNK = 100;
const SMALLEST = 10;
/** An operation that takes longer is too near to what a request waits for, in milliseconds: the next ones are smaller. */
const SLOW_MS = 300;
/** One that takes no longer may be larger. */
const FAST_MS = 100;

/** @returns the elements in chunks of so many */
export function chunksOf<T>(elements: readonly T[], size = CHUNK): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < elements.length; at += size) chunks.push(elements.slice(at, at + size));
  return chunks;
}

/** Works on many elements in chunks whose size follows how long the last ones took, those of other callers too. */
export class PacedChunks {
  private size = CHUNK;

  /** @param work is given one chunk after another, in order; where it rejects, the rest is left */
  async each<T>(elements: readonly T[], work: (chunk: T[]) => Promise<void>): Promise<void> {
    for (let at = 0; at < elements.length;) {
      const chunk = elements.slice(at, at + this.size);
      at += chunk.length;
      const began = performance.now();
      await work(chunk);
      const took = performance.now() - began;
      if (took > SLOW_MS) this.size = Math.max(SMALLEST, Math.floor(this.size / 2));
      else if (took < FAST_MS) this.size = Math.min(CHUNK, this.size * 2);
    }
  }
}
