/**
 * A map of so many entries at most: setting one makes it the newest, and beyond the capacity the oldest goes. Whoever sets
 * again what it gets keeps those that were used last.
 */
export class CappedMap<K, V> extends Map<K, V> {
  /** @param capacity entries, 1 or more */
  constructor(private readonly capacity: number) {
    super();
  }

  override set(key: K, value: V): this {
    this.delete(key);
    super.set(key, value);
    if (this.size > this.capacity) {
      for (const oldest of this.keys()) {
        this.delete(oldest);
        break;
      }
    }
    return this;
  }
}
