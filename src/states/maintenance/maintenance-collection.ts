import { Inject, Injectable } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { CallGuard } from '../../database/call-guard';
import { eachInTurns } from '../../util/in-turns';
import { connectedDatabase } from '../../database/connected-database';
import { READ_OPTIONS } from '../../database/timeouts';
import {
  type Maintenance,
  SCHEDULE_FIELDS,
  type StoredMaintenance,
  readMaintenance,
} from '../../domain/maintenance';
import {
  COLLECTION_NAMES,
  type CollectionNames,
  HEARTBEAT_CONNECTION,
} from '../../heartbeat/heartbeat.options';

/** How many windows there may be: every engine has all of them in memory. */
export const MOST_WINDOWS = 1_000;

type Document = { readonly _id: string };
type Fields = Maintenance & Pick<StoredMaintenance, 'updated'>;

/**
 * The maintenance windows in the database: collection `heartbeat_maintenance` unless the module has another. Every method throws
 * `DatabaseError` when the database fails.
 */
@Injectable()
export class MaintenanceCollection {
  constructor(
    private readonly guard: CallGuard,
    @Inject(HEARTBEAT_CONNECTION) private readonly connection: Connection,
    @Inject(COLLECTION_NAMES) private readonly names: CollectionNames,
  ) {}

  /** @returns all of them, the oldest first; what another program wrote, and is none, is left out */
  async list(): Promise<StoredMaintenance[]> {
    const options = { sort: { created: 1, _id: 1 }, limit: MOST_WINDOWS, ...READ_OPTIONS } as const;
    const found = await this.run((windows) => windows.find({}, options).toArray());
    const windows: StoredMaintenance[] = [];
    await eachInTurns(found, (document) => windows.push(...windowIn(document)));
    return windows;
  }

  async find(_id: string): Promise<StoredMaintenance | undefined> {
    const found = await this.run((windows) => windows.findOne({ _id }, READ_OPTIONS));
    return found === null ? undefined : windowIn(found)[0];
  }

  count(): Promise<number> {
    return this.run((windows) => windows.countDocuments({}, READ_OPTIONS));
  }

  async insert(window: StoredMaintenance): Promise<void> {
    await this.run((windows) => windows.insertOne(window));
  }

  /** Replaces all of a window but its id and the time of its creation. @returns whether there is one with this id */
  async replace(_id: string, fields: Fields): Promise<boolean> {
    const gone = SCHEDULE_FIELDS.filter((field) => !(field in fields));
    const update = { $set: fields, $unset: Object.fromEntries(gone.map((field) => [field, ''] as const)) };
    return (await this.run((windows) => windows.updateOne({ _id }, update))).matchedCount > 0;
  }

  /** @returns whether there was one with this id */
  async remove(_id: string): Promise<boolean> {
    return (await this.run((windows) => windows.deleteOne({ _id }))).deletedCount > 0;
  }

  private run<T>(operation: (windows: mongo.Collection<Document>) => Promise<T>): Promise<T> {
    return this.guard.run(() =>
      operation(connectedDatabase(this.connection).collection<Document>(this.names.maintenance)),
    );
  }
}

function windowIn(document: Document & Partial<Record<'created' | 'updated', unknown>>): StoredMaintenance[] {
  const { _id, created, updated } = document;
  const window = readMaintenance(document);
  if (typeof _id !== 'string' || 'problem' in window) return [];
  return [{ _id, ...window, created: secondsIn(created), updated: secondsIn(updated) }];
}

const secondsIn = (value: unknown): number => (Number.isFinite(value) ? (value as number) : 0);
