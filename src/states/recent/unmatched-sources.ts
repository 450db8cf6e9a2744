/** How many sources are counted; those that were heard longest ago are forgotten first. */
const MOST_SOURCES = 1_000;
/** Longer names are cut, in characters. */
const LONGEST_NAME = 200;
const HOUR_MS = 3_600_000;
/** The hour is counted in so many parts. */
const PARTS = 12;
const PART_MS = HOUR_MS / PARTS;

/** A connector that sends events which no heartbeat waits for. */
export interface UnmatchedSource {
  readonly connector: string;
  readonly connector_name: string;
  /** Its events of the last hour that belong to no heartbeat. */
  readonly count: number;
  /** When the last of them came, in milliseconds since the epoch. */
  readonly last: number;
}

interface Counted {
  readonly connector: string;
  readonly connector_name: string;
  last: number;
  /** Events in each part of the hour that ends with the part `part`. */
  readonly counts: number[];
  /** Number of the last part since the epoch. */
  part: number;
}

/** Counts, of the last hour and in this process, the events that belong to no heartbeat by who sent them. */
export class UnmatchedSources {
  private readonly sources = new Map<string, Counted>();

  /** @param at milliseconds since the epoch */
  note(event: Readonly<Record<string, unknown>>, at: number): void {
    const connector = nameIn(event['connector']);
    const connector_name = nameIn(event['connector_name']);
    const name = `${connector}\0${connector_name}`;
    const part = Math.floor(at / PART_MS);
    let source = this.sources.get(name);
    if (source === undefined) {
      if (this.sources.size >= MOST_SOURCES) this.forgetOldest();
      source = { connector, connector_name, last: at, counts: Array.from({ length: PARTS }, () => 0), part };
      this.sources.set(name, source);
    }
    advance(source, part);
    const place = part % PARTS;
    source.counts[place] = (source.counts[place] ?? 0) + 1;
    source.last = at;
  }

  /** @returns those of the last hour, the one with the most events first. @param now milliseconds since the epoch */
  list(now: number): UnmatchedSource[] {
    const part = Math.floor(now / PART_MS);
    const found: UnmatchedSource[] = [];
    for (const source of this.sources.values()) {
      advance(source, part);
      const count = source.counts.reduce((sum, each) => sum + each, 0);
      const { connector, connector_name, last } = source;
      if (count > 0) found.push({ connector, connector_name, count, last });
    }
    return found.sort((a, b) => b.count - a.count || b.last - a.last);
  }

  /** Half of them at once, so that many sources that come once each cost little. */
  private forgetOldest(): void {
    const byAge = [...this.sources].sort(([, a], [, b]) => a.last - b.last);
    for (const [name] of byAge.slice(0, MOST_SOURCES / 2)) this.sources.delete(name);
  }
}

/** Empties the parts that have become older than an hour. A clock that was set back changes nothing. */
function advance(source: Counted, part: number): void {
  const steps = Math.min(PARTS, part - source.part);
  for (let step = 1; step <= steps; step += 1) source.counts[(source.part + step) % PARTS] = 0;
  source.part = Math.max(source.part, part);
}

const nameIn = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST_NAME) : '');
