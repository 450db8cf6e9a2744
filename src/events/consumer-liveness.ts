/** Whether a transport hears events now, and who wants to know of each change. */
export class ConsumerLiveness {
  private hears = false;
  private readonly listeners = new Set<(hearing: boolean) => void>();

  get now(): boolean {
    return this.hears;
  }

  set(hearing: boolean): void {
    if (hearing === this.hears) return;
    this.hears = hearing;
    for (const listener of this.listeners) listener(hearing);
  }

  /** Calls the listener at each change; the returned function ends that. */
  onChange(listener: (hearing: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
