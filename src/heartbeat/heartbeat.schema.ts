import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, SchemaTypes } from 'mongoose';
import type { Pause } from '../domain/pause';

/** Injection token of the Mongoose model. */
export const HEARTBEAT_MODEL = Symbol('HEARTBEAT_MODEL');

/**
 * A heartbeat as it is stored: collection `heartbeat` unless the module has another, one document each, as Canopsis 3.x and 4.x left them, plus
 * fields that no client sees. Documents that another program wrote may lack all that has a question mark. The indexes are made by
 * `HeartbeatCollection`, before the first request.
 */
@Schema({ versionKey: false, autoIndex: false, autoCreate: false, minimize: false })
export class StoredHeartbeat {
  @Prop({ type: String })
  _id!: string;

  @Prop({ type: SchemaTypes.Mixed, required: true })
  pattern!: Record<string, string>;

  @Prop({ type: String, required: true })
  expected_interval!: string;

  @Prop({ type: String })
  author?: string | null;

  @Prop({ type: String })
  name?: string | null;

  @Prop({ type: String })
  description?: string | null;

  @Prop({ type: String })
  output?: string | null;

  /** Unix seconds. */
  @Prop({ type: Number })
  created?: number | null;

  /** Unix seconds. */
  @Prop({ type: Number })
  updated?: number | null;

  /** Digest of the canonical form of the pattern; unique. */
  @Prop({ type: String })
  pattern_key?: string | null;

  /** The digest of its pattern, where an older heartbeat has the same: this one waits for it to go. */
  @Prop({ type: String })
  repeats?: string | null;

  /** Another program wrote it, and did not say when: it counts as older than all that say. */
  @Prop({ type: Boolean })
  undated?: true;

  /** Digest of the name, where version 4 has claimed it; unique. */
  @Prop({ type: String })
  name_key?: string | null;

  /** The bulk that wrote or marked it last, see `heartbeat/bulk`. */
  @Prop({ type: String })
  bulk?: string;

  /** What it was before that bulk replaced it, until the bulk is decided. */
  @Prop({ type: SchemaTypes.Mixed })
  before?: StoredHeartbeat;

  /** `expected_interval` in seconds, to sort by; null where it is not a valid interval. */
  @Prop({ type: Number })
  interval_seconds?: number | null;

  /** Its last pause; absent where it never had one. */
  @Prop({ type: SchemaTypes.Mixed })
  pause?: Pause;

  /** Order of insertion: microseconds since the epoch, made strictly increasing within a process. */
  @Prop({ type: Number })
  inserted?: number | null;
}

/** What the database keeps in order; made before the first request. */
export const HEARTBEAT_INDEXES = [
  // One pattern, one heartbeat: sparse, since documents of old may lack the key until they are completed.
  [{ pattern_key: 1 }, { name: 'pattern_key_1', unique: true, sparse: true }],
  // Who waits for a pattern that an older heartbeat has: hardly ever anybody.
  [{ repeats: 1 }, { name: 'repeats_1', sparse: true }],
  // One name, one heartbeat, among what version 4 writes; version 2 claims none.
  [{ name_key: 1 }, { name: 'name_key_1', unique: true, sparse: true }],
  // Who else has a name, whoever wrote it.
  [{ name: 1 }, { name: 'name_1', sparse: true }],
  // The bare list, in either dialect's order.
  [{ created: 1, inserted: 1 }, { name: 'created_1_inserted_1' }],
  // The page that is asked for without saying how to sort.
  [{ created: -1, _id: 1 }, { name: 'created_-1__id_1' }],
  // What changed lately, for those who watch the heartbeats from another process.
  [{ updated: 1 }, { name: 'updated_1' }],
] as const;

export const HeartbeatSchema: MongooseSchema<StoredHeartbeat> = SchemaFactory.createForClass(StoredHeartbeat);
for (const [keys, options] of HEARTBEAT_INDEXES) HeartbeatSchema.index(keys, options);
