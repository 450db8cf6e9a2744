/** How many events are kept. */
export const RECENT_EVENTS = 200;
/** An event that is larger as JSON is not kept, in characters. */
export const LARGEST_RECENT = 16 * 1_024;
/** Of a busy bus, so many in a second are looked at: the others would be gone before anybody saw them. */
const EACH_SECOND = 200;
/** What is nested deeper is not kept either. */
const DEEPEST = 100;

/** An event that came lately. */
export interface RecentEvent {
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  /** As JSON. */
  readonly text: string;
}

/**
 * The last events that came to this process, in memory: for people who look what is sent. Of more than 200 in a second it
 * takes 200.
 */
export class RecentEvents {
  private readonly ring: RecentEvent[] = [];
  private next = 0;
  private second = 0;
  private taken = 0;

  /** @param at milliseconds since the epoch */
  note(event: object, at: number): void {
    const second = Math.floor(at / 1_000);
    if (second !== this.second) {
      this.second = second;
      this.taken = 0;
    }
    if (this.taken >= EACH_SECOND || sizeUpTo(event, LARGEST_RECENT) > LARGEST_RECENT) return;
    const text = JSON.stringify(event);
    this.taken += 1;
    if (text.length > LARGEST_RECENT) return;
    this.ring[this.next] = { at, text };
    this.next = (this.next + 1) % RECENT_EVENTS;
  }

  /** @returns them, the last one first */
  list(): RecentEvent[] {
    return [...this.ring.slice(this.next), ...this.ring.slice(0, this.next)].reverse();
  }
}

/** Roughly the length of a value as JSON, without writing it. @returns more than `limit` as soon as it is clear */
function sizeUpTo(value: unknown, limit: number, levels = DEEPEST): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 4;
  if (levels === 0) return limit + 1;
  let size = 2;
  for (const [key, inner] of Object.entries(value)) {
    size += key.length + 1 + sizeUpTo(inner, limit - size, levels - 1);
    if (size > limit) break;
  }
  return size;
}
