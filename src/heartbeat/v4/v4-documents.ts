import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { V4Heartbeat, V4Item } from '../../canopsis/v4/body';
import type { StoredHeartbeat } from '../heartbeat.schema';
import { nameKey } from '../../domain/name';
import { CLOCK, Clock } from '../../util/clock';
import { InsertionOrder } from '../insertion-order';
import { type StoredFields, storedFields } from '../stored-fields';

/** What version 4 stores: all of what version 2 does, all texts, and the claim of the name. */
export type V4Stored = StoredFields & {
  readonly name: string;
  readonly name_key: string;
  readonly updated: number;
};

/** Makes what version 4 stores. */
@Injectable()
export class V4Documents {
  constructor(
    private readonly order: InsertionOrder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns a new heartbeat as it is stored */
  create({ id = randomUUID(), heartbeat }: V4Item): StoredHeartbeat & V4Stored {
    const fields = this.replacement(heartbeat);
    return { _id: id, ...fields, created: fields.updated, inserted: this.order.next() };
  }

  /** @returns what is stored of a heartbeat besides its id, and besides when it was made */
  replacement(heartbeat: V4Heartbeat | undefined): V4Stored {
    if (heartbeat === undefined) throw new Error('an item with problems passed');
    const updated = Math.floor(this.clock.now() / 1000);
    const { name } = heartbeat;
    return { ...storedFields(heartbeat), name, name_key: nameKey(name), updated };
  }
}

/** What is stored has the pattern as the driver likes it. */
export const asAnswered = (stored: StoredHeartbeat, { heartbeat }: V4Item): StoredHeartbeat => ({
  ...stored,
  pattern: heartbeat?.pattern ?? {},
});
