import { Inject, Injectable, type MessageEvent } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { Observable, type Subscriber } from 'rxjs';
import { Credentials } from '../../auth/credentials';
import { tooManyRequests } from '../../canopsis/canopsis-error';
import { OverviewWatch } from '../overview/overview-watch';
import { ChangeFeed, type ChangeListener } from './change-feed';

/** How many streams there may be at the same time. */
const MOST_STREAMS = 1_000;
const MOST_OF_A_USER = 50;
/** When one that was refused may try again, in milliseconds. */
const RETRY_AFTER_MS = 10_000;

/** Who wants a stream of changes, and of which. */
export interface StreamRequest {
  readonly user: string;
  /** Those of the request: what they hold has to be good for as long as the stream lasts. */
  readonly headers: IncomingHttpHeaders;
  /** From when on, in unix seconds; undefined: from now on. */
  readonly after: number | undefined;
  /** Whether nobody will read more than the head. */
  readonly once: boolean;
}

/** The streams of changes of this process. */
@Injectable()
export class ChangeStreams {
  private total = 0;
  private readonly openOf = new Map<string, number>();

  /** @param credentials null where the host guards the routes itself */
  constructor(
    private readonly feed: ChangeFeed,
    private readonly watch: OverviewWatch,
    @Inject(Credentials) private readonly credentials: Credentials | null,
  ) {}

  /**
   * @returns a stream whose first message comes at once
   * @throws CanopsisError 429 where there are too many, DatabaseError where the database fails
   */
  async open(request: StreamRequest): Promise<Observable<MessageEvent>> {
    this.refuseTooMany(request.user);
    await this.watch.ready();
    return new Observable((subscriber) => {
      try {
        this.refuseTooMany(request.user);
      } catch (error) {
        subscriber.error(error);
        return undefined;
      }
      return this.begin(request, subscriber);
    });
  }

  /** @returns what ends it */
  private begin(
    { user, headers, after, once }: StreamRequest,
    subscriber: Subscriber<MessageEvent>,
  ): () => void {
    this.count(user, 1);
    let ended = false;
    let leave = (): void => undefined;
    const listener: ChangeListener = {
      tell: (message) => subscriber.next(message),
      end: () => subscriber.complete(),
      isWelcome: async () =>
        this.credentials === null || (await this.credentials.verify(headers)) !== undefined,
    };
    this.feed.listen(listener, after).then(
      (left) => {
        leave = left;
        if (ended) left();
        else if (once) subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
    return () => {
      if (ended) return;
      ended = true;
      this.count(user, -1);
      leave();
    };
  }

  private refuseTooMany(user: string): void {
    if (this.total < MOST_STREAMS && (this.openOf.get(user) ?? 0) < MOST_OF_A_USER) return;
    throw tooManyRequests(RETRY_AFTER_MS);
  }

  private count(user: string, by: 1 | -1): void {
    this.total += by;
    const open = (this.openOf.get(user) ?? 0) + by;
    if (open > 0) this.openOf.set(user, open);
    else this.openOf.delete(user);
  }
}
