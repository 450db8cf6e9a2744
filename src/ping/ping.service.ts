import { Inject, Injectable } from '@nestjs/common';
import { RateLimits } from '../auth/rate-limits';
import type { DoneAnswer } from '../canopsis/answers';
import {
  cannotBePinged,
  eventNotDelivered,
  heartbeatNotFound,
  pingSecretMissing,
} from '../canopsis/canopsis-error';
import { EventService } from '../events/event.service';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';
import { pingEvent } from './ping-event';
import { PingTokens } from './ping-tokens';

/** Injection token of the key that the tokens are made with; `undefined`: there are none. */
export const PING_SECRET = Symbol('PING_SECRET');

/** Where a heartbeat can be pinged without credentials. */
export interface PingUrl {
  /** Path on the server that was asked. */
  readonly url: string;
}

/** Sends the very event that a heartbeat waits for. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class PingService {
  private readonly tokens: PingTokens;

  constructor(
    private readonly heartbeats: HeartbeatCollection,
    private readonly events: EventService,
    private readonly limits: RateLimits,
    @Inject(PING_SECRET) secret: string | undefined,
  ) {
    this.tokens = new PingTokens(secret);
  }

  /**
   * @param user whose rate it counts to
   * @throws CanopsisError 404 `heartbeat not found`, 400 `heartbeat cannot be pinged: …`, 503 `event not delivered, …`
   */
  async ping(id: string, user: string): Promise<DoneAnswer> {
    this.limits.events(user, 1);
    const heartbeat = await this.heartbeats.find(id);
    if (heartbeat === undefined) throw heartbeatNotFound(id);
    const made = pingEvent(heartbeat.pattern);
    if ('problem' in made) throw cannotBePinged(made.problem);
    const { sent_events } = await this.events.receive(made.event);
    if (sent_events.length === 0) throw eventNotDelivered();
    return pinged(id);
  }

  /** The same for who has the token; 404 `heartbeat not found` for anything else, whether or not there is such a heartbeat. */
  async pingByToken(id: string, token: string): Promise<DoneAnswer> {
    if (!this.tokens.isTokenOf(id, token)) throw heartbeatNotFound(id);
    // Names of users hold no colon: each heartbeat has a rate of its own.
    return this.ping(id, `:ping:${id}`);
  }

  /**
   * @param path the path of the heartbeat's pings on the server
   * @throws CanopsisError 404 `heartbeat not found`, and where `PING_SECRET` is not set
   */
  async urlOf(id: string, path: string): Promise<PingUrl> {
    if ((await this.heartbeats.find(id)) === undefined) throw heartbeatNotFound(id);
    const token = this.tokens.tokenOf(id);
    if (token === undefined) throw pingSecretMissing();
    return { url: `${path}/${token}` };
  }
}

/** The answer to a ping. */
export const pinged = (id: string): DoneAnswer => ({ name: 'heartbeat pinged', description: id });
