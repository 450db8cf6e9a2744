import type { SharedClock } from '../../states/shared-clock';
import type { StateDocuments } from '../../states/state-store';

/** How many are ended at once; the next look has the others. */
const BATCH = 1_000;

/** What {@link PauseEnds} works with. */
export interface PauseEndsParts {
  readonly store: StateDocuments;
  readonly clock: SharedClock;
  /** Makes the states of these heartbeats what they are to be now. */
  readonly reconcile: (ids: string[]) => Promise<void>;
}

/** Finds the pauses whose end has come (decision 28). */
export class PauseEnds {
  constructor(private readonly parts: PauseEndsParts) {}

  /** Has their heartbeats watched again. */
  async look(): Promise<void> {
    const { store, clock, reconcile } = this.parts;
    const over = { state: 'paused', deadline: { $lte: clock.now() } } as const;
    const options = { sort: { deadline: 1 }, limit: BATCH, projection: { _id: 1 } } as const;
    const found = await store.read(over, options);
    if (found.length > 0) await reconcile(found.map(({ _id }) => _id));
  }
}
