import { Injectable } from '@nestjs/common';
import { BLIND_AFTER_MS } from './engine-documents';
import { SharedClock } from './shared-clock';
import { StateCollection } from './state-collection';

/** Tells whether silence is evidence, from what the engines have stored. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class BlindnessStatus {
  private unheardSince: number | undefined;

  constructor(
    private readonly states: StateCollection,
    private readonly clock: SharedClock,
  ) {}

  /**
   * Whether silence is no evidence now: no engine has heard anything for over 5 s, or ever, since an engine that never ran
   * hears nothing either; or the way of events is known to be broken.
   */
  async isBlind(): Promise<boolean> {
    return (await this.blindSince()) !== null;
  }

  /**
   * @returns since when silence is no evidence, in milliseconds since the epoch: since when the way of events is broken, or when an
   * engine last heard, or, where none ever did, when this was first asked; null where one hears
   */
  async blindSince(): Promise<number | null> {
    const [listening] = await Promise.all([
      this.states.listening(),
      this.clock.sync().catch(() => undefined),
    ]);
    const now = this.clock.now();
    if (listening === null) return (this.unheardSince ??= now);
    this.unheardSince = undefined;
    if (listening.broken_since !== undefined) return listening.broken_since;
    return now - listening.heard_at > BLIND_AFTER_MS ? listening.heard_at : null;
  }

  /** Whether an engine has found that events do not come, or not all of them. */
  async isPathBroken(): Promise<boolean> {
    return (await this.states.listening())?.broken_since !== undefined;
  }
}
