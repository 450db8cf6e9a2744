import { Inject, Injectable } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { connectedDatabase } from '../database/connected-database';
import { COLLECTION_NAMES, CollectionNames, HEARTBEAT_CONNECTION } from '../heartbeat/heartbeat.options';
import { isDuplicateKey } from '../database/duplicate-key';
import { type EngineDocument, type EngineRecords, type Listening, type PathCheck } from './engine-documents';

/** An engine that has written nothing for so long, in milliseconds, is forgotten. */
const FORGOTTEN_AFTER_MS = 60_000;

type Stored = Listening | EngineDocument | PathCheck;

/** What the engines of a database share, in `heartbeat_engine`. Everything rejects while the database is away. */
@Injectable()
export class EngineRegistry {
  constructor(
    @Inject(HEARTBEAT_CONNECTION) private readonly connection: Connection,
    @Inject(COLLECTION_NAMES) private readonly names: CollectionNames,
  ) {}

  /** @returns the database's clock, in milliseconds since the epoch; undefined where it does not tell */
  async serverTime(): Promise<number | undefined> {
    // Older servers, and some that only speak like one, know the older name alone.
    const answer = await this.database
      .command({ hello: 1 })
      .catch(() => this.database.command({ isMaster: 1 }));
    const { localTime } = answer as { localTime?: unknown };
    return localTime instanceof Date ? localTime.getTime() : undefined;
  }

  /** Reads all of it at once: these are a few documents. */
  async read(): Promise<EngineRecords> {
    const found = await this.of<Stored>().find({}).toArray();
    return {
      listening: found.find((document): document is Listening => document._id === 'hearing'),
      check: found.find((document): document is PathCheck => document._id === 'check'),
      engines: found.filter((document): document is EngineDocument => 'received_until' in document),
    };
  }

  /** @returns when engines could hear; null where none ever could */
  listening(options: mongo.FindOptions = {}): Promise<Listening | null> {
    return this.of<Listening>().findOne({ _id: 'hearing' }, options);
  }

  /** Stores that there was hearing at a time. @returns false where it was away before, or is known to be broken */
  async stillHears(at: number, blindAfterMs: number): Promise<boolean> {
    const near = { $gte: at - blindAfterMs, $lte: at + blindAfterMs };
    const filter = {
      _id: 'hearing',
      heard_at: near,
      blind: { $exists: true },
      broken_since: { $exists: false },
    };
    const { matchedCount } = await this.of<Listening>().updateOne(filter as mongo.Filter<Listening>, {
      $max: { heard_at: at },
    });
    return matchedCount > 0;
  }

  /** Replaces what was read, or inserts where nothing was. @returns false where another engine was first */
  async replaceListening(found: Listening | null | undefined, next: Listening): Promise<boolean> {
    if (found) {
      const { _id, heard_at, again_at, broken_since } = found;
      const unchanged = broken_since === undefined ? { $exists: false } : broken_since;
      const filter = { _id, heard_at, again_at, broken_since: unchanged } as mongo.Filter<Listening>;
      return (await this.of<Listening>().replaceOne(filter, next)).matchedCount > 0;
    }
    return this.insertFirst(next);
  }

  /** Stores what an engine tells of itself. */
  async tell(engine: EngineDocument): Promise<void> {
    const { _id, ...fields } = engine;
    await this.of<EngineDocument>().updateOne({ _id }, { $set: fields }, { upsert: true });
  }

  /** The engine holds no event any more, and takes no further ones. */
  async sayGoodbye(id: string): Promise<void> {
    await this.of<EngineDocument>().deleteOne({ _id: id });
  }

  /** Removes what killed engines left behind, where there is anything among those that were read. */
  async forgetOld(engines: readonly EngineDocument[], now: number): Promise<void> {
    const seen = { $lt: now - FORGOTTEN_AFTER_MS };
    const old = engines.flatMap((engine) => (engine.seen < seen.$lt ? engine._id : []));
    if (old.length > 0) await this.of<EngineDocument>().deleteMany({ _id: { $in: old }, seen });
  }

  /**
   * Takes the right to send a check, which all engines together have once in so many milliseconds.
   * @returns false where another engine has it
   */
  async claimCheck(found: PathCheck | undefined, next: PathCheck): Promise<boolean> {
    if (found === undefined) return this.insertFirst(next);
    const filter = { _id: 'check', id: found.id } as const;
    return (await this.of<PathCheck>().replaceOne(filter, next)).matchedCount > 0;
  }

  /** @returns false where there is one */
  private async insertFirst(document: Listening | PathCheck): Promise<boolean> {
    try {
      await this.of<Stored>().insertOne(document);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  private of<T extends Stored>(): mongo.Collection<T> {
    return this.database.collection<T>(this.names.engine);
  }

  private get database(): mongo.Db {
    return connectedDatabase(this.connection);
  }
}
