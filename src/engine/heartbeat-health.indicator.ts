import { Inject, Injectable, Optional } from '@nestjs/common';
import { EVENT_TRANSPORT, type BrokerConnection } from '../events/event-transport';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { HeartbeatPreparation } from '../heartbeat/heartbeat-preparation';
import { Engine } from './engine';
import type { EngineWork } from './engine-work';

/** What `isHealthy` tells, in the form of `@nestjs/terminus`, by the name that it was given. */
export type HeartbeatHealth<Key extends string> = Record<
  Key,
  {
    /** `down` where heartbeats cannot be served. */
    readonly status: 'up' | 'down';
    readonly database: 'up' | 'down';
    /** `none` where events stay in the process. Without its broker the API goes on, so that alone is not `down`. */
    readonly broker: 'up' | 'down' | 'none';
    /**
     * `down` where the engine of this application fails at its work, as the log says; `none` where it has none. The API goes on here
     * as well.
     */
    readonly engine: 'up' | 'down' | 'none';
  }
>;

/** Tells `@nestjs/terminus` whether heartbeats can be served: `health.check([() => indicator.isHealthy('heartbeats')])`. */
@Injectable()
export class HeartbeatHealthIndicator {
  constructor(
    private readonly heartbeats: HeartbeatCollection,
    private readonly preparation: HeartbeatPreparation,
    @Inject(EVENT_TRANSPORT) private readonly events: BrokerConnection,
    @Optional() @Inject(Engine) private readonly engine?: EngineWork,
  ) {}

  /** Whether the database answers and has its indexes, and whether broker and engine do their work. Never rejects. */
  async isHealthy<Key extends string>(key: Key): Promise<HeartbeatHealth<Key>> {
    const database = (await this.answers()) ? 'up' : 'down';
    const engine = this.engine === undefined ? 'none' : this.engine.isFailing ? 'down' : 'up';
    const health = { status: database, database, broker: this.events.status, engine };
    return { [key]: health } as HeartbeatHealth<Key>;
  }

  private async answers(): Promise<boolean> {
    try {
      await this.heartbeats.find('');
      return await this.preparation.isReady();
    } catch {
      return false;
    }
  }
}
