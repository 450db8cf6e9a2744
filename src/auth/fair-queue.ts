/** The share of tasks that go before all others. */
export const URGENT = Symbol('urgent');

/** Bounds of a {@link FairQueue}, in tasks. */
export interface FairQueueLimits {
  /** At once. */
  readonly running: number;
  /** Waiting in total, the urgent ones included. */
  readonly waiting: number;
  /** Waiting in one share. */
  readonly waitingPerShare: number;
}

interface Waiting {
  start(): void;
  refuse(): void;
}

/**
 * Runs a few tasks at once and lets a bounded number wait. Urgent tasks go first; the others belong to shares,
 * which take turns, so that a share with many tasks delays the others by one task a turn only. When all places
 * are taken, the share with the most waiting gives up its newest for a share that has fewer.
 */
export class FairQueue {
  private readonly urgent: Waiting[] = [];
  /** None of them empty; the first is the next to have its turn. */
  private readonly shares = new Map<string, Waiting[]>();
  private running = 0;
  private waiting = 0;

  constructor(private readonly limits: FairQueueLimits) {}

  /**
   * Runs the task now or when its turn comes.
   *
   * @returns what the task returns, or undefined when there is no place for it (or none any more).
   */
  run<T>(share: string | typeof URGENT, task: () => T | Promise<T>): Promise<T | undefined> {
    if (this.running < this.limits.running) {
      return this.start(task);
    }
    if (!this.makeRoom(share)) {
      return Promise.resolve(undefined);
    }
    return new Promise((resolve, reject) => {
      this.enqueue(share, {
        start: () => void this.start(task).then(resolve, reject),
        refuse: () => resolve(undefined),
      });
    });
  }

  private async start<T>(task: () => T | Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await task();
    } finally {
      this.running -= 1;
      this.takeNext()?.start();
    }
  }

  private makeRoom(share: string | typeof URGENT): boolean {
    const own = share === URGENT ? 0 : (this.shares.get(share)?.length ?? 0);
    if (share !== URGENT && own >= this.limits.waitingPerShare) {
      return false;
    }
    return this.waiting < this.limits.waiting || this.refuseFromLongest(own + (share === URGENT ? 0 : 1));
  }

  /** Refuses the newest task of the longest share, if that has more than `atLeast` tasks. */
  private refuseFromLongest(atLeast: number): boolean {
    let longest: [string, Waiting[]] | undefined;
    for (const entry of this.shares) {
      if (entry[1].length > (longest?.[1].length ?? atLeast)) {
        longest = entry;
      }
    }
    if (!longest) {
      return false;
    }
    const [share, tasks] = longest;
    tasks.pop()?.refuse();
    this.waiting -= 1;
    if (tasks.length === 0) {
      this.shares.delete(share);
    }
    return true;
  }

  private enqueue(share: string | typeof URGENT, task: Waiting): void {
    this.waiting += 1;
    if (share === URGENT) {
      this.urgent.push(task);
    } else {
      const tasks = this.shares.get(share);
      if (tasks) {
        tasks.push(task);
      } else {
        this.shares.set(share, [task]);
      }
    }
  }

  private takeNext(): Waiting | undefined {
    const task = this.urgent.shift() ?? this.takeTurn();
    if (task) {
      this.waiting -= 1;
    }
    return task;
  }

  private takeTurn(): Waiting | undefined {
    const [turn] = this.shares;
    if (turn === undefined) {
      return undefined;
    }
    const [share, tasks] = turn;
    this.shares.delete(share);
    const task = tasks.shift();
    if (tasks.length > 0) {
      this.shares.set(share, tasks);
    }
    return task;
  }
}
