import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { Schema as MongooseSchema, SchemaTypes } from 'mongoose';
import type { StoredHeartbeat } from '../canopsis/dialect';

/** Injection token of the Mongoose model. */
export const HEARTBEAT_MODEL = Symbol('HEARTBEAT_MODEL');

/**
 * A heartbeat in the database: collection `heartbeat` unless the module has another, one document each, as Canopsis 3.x and 4.x left them, plus the
 * three fields that are never shown. The indexes are made by `HeartbeatCollection`, before the first request.
 */
@Schema({ versionKey: false, autoIndex: false, autoCreate: false, minimize: false })
export class Heartbeat implements StoredHeartbeat {
  @Prop({ type: String })
  _id!: string;

  @Prop({ type: SchemaTypes.Mixed, required: true })
  pattern!: Record<string, string>;

  @Prop({ type: String, required: true })
  expected_interval!: string;

  @Prop({ type: String })
  author?: string;

  @Prop({ type: String })
  name?: string;

  @Prop({ type: String })
  description?: string;

  @Prop({ type: String })
  output?: string;

  @Prop({ type: Number })
  created?: number;

  @Prop({ type: Number })
  updated?: number;

  @Prop({ type: String })
  pattern_key?: string;

  @Prop({ type: Number })
  interval_seconds?: number | null;

  @Prop({ type: Number })
  inserted?: number;
}

/** What the database keeps in order; made before the first request. */
export const HEARTBEAT_INDEXES = [
  // One pattern, one heartbeat: sparse, since documents of old may lack the key until they are completed.
  [{ pattern_key: 1 }, { name: 'pattern_key_1', unique: true, sparse: true }],
  // The bare list, in either dialect's order.
  [{ created: 1, inserted: 1 }, { name: 'created_1_inserted_1' }],
  // The page that is asked for without saying how to sort.
  [{ created: -1, _id: 1 }, { name: 'created_-1__id_1' }],
  // What changed lately, for those who watch the heartbeats from another process.
  [{ updated: 1 }, { name: 'updated_1' }],
] as const;

export const HeartbeatSchema: MongooseSchema<Heartbeat> = SchemaFactory.createForClass(Heartbeat);
for (const [keys, options] of HEARTBEAT_INDEXES) HeartbeatSchema.index(keys, options);
