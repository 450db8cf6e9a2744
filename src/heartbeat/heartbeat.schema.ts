import { Prop, Schema, SchemaFactory } from '@nestjs/mongoose';
import { SchemaTypes } from 'mongoose';
import type { StoredHeartbeat } from '../canopsis/dialect';

/** Name of the Mongoose model. */
export const HEARTBEAT_MODEL = 'Heartbeat';

/**
 * A heartbeat in the database: collection `heartbeat`, one document each, as Canopsis 3.x and 4.x left them, plus the
 * three fields that are never shown. The indexes are made by `HeartbeatCollection`, before the first request.
 */
@Schema({ collection: 'heartbeat', versionKey: false, autoIndex: false, autoCreate: false, minimize: false })
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

/** One pattern, one heartbeat: sparse, since documents of old may lack the key until they are completed. */
export const PATTERN_INDEX = [
  { pattern_key: 1 },
  { unique: true, sparse: true, name: 'pattern_key_1' },
] as const;

/** The order of the lists. */
export const ORDER_INDEX = [{ created: 1, inserted: 1 }, { name: 'created_1_inserted_1' }] as const;

/** What changed lately, for those who watch the heartbeats from another process. */
export const UPDATED_INDEX = [{ updated: 1 }, { name: 'updated_1' }] as const;

export const HeartbeatSchema = SchemaFactory.createForClass(Heartbeat);
HeartbeatSchema.index(...PATTERN_INDEX);
HeartbeatSchema.index(...ORDER_INDEX);
HeartbeatSchema.index(...UPDATED_INDEX);
