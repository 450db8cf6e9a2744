import { Inject, Injectable } from '@nestjs/common';
import type { Connection, mongo } from 'mongoose';
import { CallGuard } from '../../database/call-guard';
import { connectedDatabase } from '../../database/connected-database';
import { READ_OPTIONS } from '../../database/timeouts';
import type { SessionRepository, StoredSession } from '../../auth/session/sessions';
import { COLLECTION_NAMES, type CollectionNames, HEARTBEAT_CONNECTION } from '../heartbeat.options';

/** The sessions in the database: collection `heartbeat_session` unless the module has another. */
@Injectable()
export class SessionCollection implements SessionRepository {
  private indexed: Promise<unknown> | undefined;

  constructor(
    private readonly guard: CallGuard,
    @Inject(HEARTBEAT_CONNECTION) private readonly connection: Connection,
    @Inject(COLLECTION_NAMES) private readonly names: CollectionNames,
  ) {}

  async insert(session: StoredSession): Promise<void> {
    await this.run((sessions) => sessions.insertOne(session));
  }

  async find(id: string): Promise<StoredSession | undefined> {
    return (await this.run((sessions) => sessions.findOne({ _id: id }, READ_OPTIONS))) ?? undefined;
  }

  async touch(id: string, used: number): Promise<void> {
    await this.run((sessions) => sessions.updateOne({ _id: id }, { $max: { used } }));
  }

  async remove(id: string): Promise<void> {
    await this.run((sessions) => sessions.deleteOne({ _id: id }));
  }

  async removeUnused(before: number): Promise<void> {
    await this.run(async (sessions) => {
      await this.index(sessions);
      await sessions.deleteMany({ used: { $lt: before } });
    });
  }

  /** By which those are found that have ended; made when it is first of use. */
  private index(sessions: mongo.Collection<StoredSession>): Promise<unknown> {
    this.indexed ??= sessions.createIndex({ used: 1 }).catch((error: unknown) => {
      this.indexed = undefined;
      throw error;
    });
    return this.indexed;
  }

  private run<T>(operation: (sessions: mongo.Collection<StoredSession>) => Promise<T>): Promise<T> {
    return this.guard.run(() =>
      operation(connectedDatabase(this.connection).collection(this.names.sessions)),
    );
  }
}
