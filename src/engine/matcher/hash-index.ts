const SMALLEST = 16;
/** What an unused slot holds; this hash itself is kept as 1. */
const UNUSED = 0;

/**
 * A map from 32-bit hashes to values, by open addressing: looking up a hash that is not there, which is what a matcher does most,
 * touches one cache line where a `Map` touches several.
 */
export class HashIndex<T> {
  private hashes = new Int32Array(SMALLEST);
  private values: (T | undefined)[] = emptySlots(SMALLEST);
  /** Slots that are in use or were, since the table was last made. */
  private taken = 0;
  private present = 0;

  /** How many hashes have a value. */
  get size(): number {
    return this.present;
  }

  get(hash: number): T | undefined {
    return this.values[this.slotOf(hash)];
  }

  set(hash: number, value: T): void {
    if (2 * this.taken >= this.hashes.length) this.makeRoom();
    const slot = this.slotOf(hash);
    if (this.hashes[slot] === UNUSED) this.taken += 1;
    if (this.values[slot] === undefined) this.present += 1;
    this.hashes[slot] = hash || 1;
    this.values[slot] = value;
  }

  /** The slot stays taken, so that those after it are still found, until room is made. */
  delete(hash: number): void {
    const slot = this.slotOf(hash);
    if (this.values[slot] === undefined) return;
    this.values[slot] = undefined;
    this.present -= 1;
  }

  /** Where a hash is, or the unused slot where it would be; half of the slots at least are unused. */
  private slotOf(hash: number): number {
    const { hashes } = this;
    const mask = hashes.length - 1;
    const kept = hash || 1;
    let slot = (kept ^ (kept >>> 15)) & mask;
    while (hashes[slot] !== kept && hashes[slot] !== UNUSED) slot = (slot + 1) & mask;
    return slot;
  }

  private makeRoom(): void {
    const { hashes, values } = this;
    let capacity = SMALLEST;
    while (capacity < 4 * this.present) capacity *= 2;
    this.hashes = new Int32Array(capacity);
    this.values = emptySlots(capacity);
    this.taken = this.present;
    for (const [i, value] of values.entries()) {
      if (value === undefined) continue;
      const slot = this.slotOf(hashes[i]);
      this.hashes[slot] = hashes[i];
      this.values[slot] = value;
    }
  }
}

/** Filled, so that the engine keeps the array without holes. */
function emptySlots(count: number): undefined[] {
  return new Array<undefined>(count).fill(undefined);
}
