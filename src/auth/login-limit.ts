import { CappedMap } from '../util/capped-map';

/** How long failures count, in milliseconds from the first of them. */
const WINDOW_MS = 60_000;
/** How many networks, names and successful log-ins are known at most, of each; the oldest are forgotten first. */
const CAPACITY = 10_000;
/** What is kept of a name or a network that nobody knows. */
const LONGEST = 100;

interface Window {
  readonly since: number;
  failures: number;
}

/** What a log-in is judged by. */
export interface LoginAttempt {
  /** The client's network; empty where it is not known, and then it is not counted. */
  readonly network: string;
  /** The name that was given; undefined where a key was. */
  readonly name?: string;
  /** Whether there is such a user, as far as that is known. Names that nobody has are counted too, or the limit would tell them apart. */
  readonly known?: boolean;
}

/**
 * Counts failed log-ins by the client's network and by user name, in windows of a minute. At the limit, further attempts
 * are refused: all from that network, and those under that name but from networks that were right with it before.
 */
export class LoginLimit {
  private readonly networks = new CappedMap<string, Window>(CAPACITY);
  private readonly knownNames = new CappedMap<string, Window>(CAPACITY);
  private readonly otherNames = new CappedMap<string, Window>(CAPACITY);
  /** Network and name of log-ins that succeeded. Only who has good credentials adds to them. */
  private readonly succeeded = new CappedMap<string, true>(CAPACITY);

  /**
   * @param limit failures in a minute; 0 for no limit
   * @param now milliseconds from any fixed moment
   */
  constructor(
    private readonly limit: number,
    private readonly now: () => number,
  ) {}

  /** @returns the milliseconds until an attempt is let through; 0: now */
  wait(attempt: LoginAttempt): number {
    if (this.limit === 0) return 0;
    const { network, name } = attempt;
    const byNetwork = network === '' ? 0 : this.left(this.networks, short(network));
    if (name === undefined || this.succeeded.has(pairOf(attempt))) return byNetwork;
    return Math.max(byNetwork, this.left(this.namesFor(attempt), short(name)));
  }

  /** @returns whether this failure reached a limit, after which attempts are refused */
  failed(attempt: LoginAttempt): boolean {
    if (this.limit === 0) return false;
    const { network, name } = attempt;
    const byNetwork = network !== '' && this.count(this.networks, short(network));
    // One who was right before may mistype without keeping out the same user elsewhere.
    if (name === undefined || this.succeeded.has(pairOf(attempt))) return byNetwork;
    return this.count(this.namesFor(attempt), short(name)) || byNetwork;
  }

  /** Remembers who was right, from where. */
  right(attempt: LoginAttempt): void {
    if (this.limit === 0 || attempt.network === '') return;
    this.succeeded.set(pairOf(attempt), true);
  }

  private namesFor({ known = true }: LoginAttempt): Map<string, Window> {
    return known ? this.knownNames : this.otherNames;
  }

  private left(windows: Map<string, Window>, key: string): number {
    const window = windows.get(key);
    if (!window || window.failures < this.limit) return 0;
    return Math.max(0, window.since + WINDOW_MS - this.now());
  }

  private count(windows: Map<string, Window>, key: string): boolean {
    const now = this.now();
    let window = windows.get(key);
    if (!window || now - window.since >= WINDOW_MS) {
      window = { since: now, failures: 0 };
      windows.set(key, window);
    }
    window.failures += 1;
    return window.failures === this.limit;
  }
}

/** Names hold no colon. */
const pairOf = ({ network, name = '' }: LoginAttempt): string => `${short(name)}:${short(network)}`;

const short = (text: string): string => text.slice(0, LONGEST);
