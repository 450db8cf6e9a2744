/** What another Nest application may import. Nothing else is public. */
export { HeartbeatModule } from './heartbeat/heartbeat.module';
export type {
  CallLimits,
  CollectionNames,
  HeartbeatDynamicModule,
  HeartbeatModuleAsyncOptions,
  HeartbeatModuleExtras,
  HeartbeatModuleOptions,
} from './heartbeat/heartbeat.options';
export { HeartbeatService } from './heartbeat/heartbeat.service';
export { HeartbeatDto } from './heartbeat/dto/heartbeat.dto';
export { ListQueryDto } from './heartbeat/dto/list-query.dto';
export { applyCanopsisFormat } from './http/canopsis-format';

export { HeartbeatEngineModule } from './engine/heartbeat-engine.module';
export type {
  HeartbeatEngineAsyncOptions,
  HeartbeatEngineExtras,
  HeartbeatEngineOptions,
  WatchOptions,
} from './engine/engine.options';
export { ALARM_SINK, type AlarmSink } from './engine/alarm-sink';
export type { WebhookOptions } from './engine/alarm-sinks/webhook-alarm-sink';
export type { OutboxEntry } from './engine/state/heartbeat-state';
export { StateService } from './engine/state-api/state.service';
export type { StateDocument } from './engine/state-api/state-row';

export type { EngineMetrics } from './metrics/engine-metrics';
export type { Metric, MetricRegistry, Sample } from './metrics/metric';
export { PrometheusEngineMetrics } from './metrics/prometheus-engine-metrics';

export type { AmqpOptions } from './events/amqp-options';
export type { CanopsisEvent } from './events/event';
export { EVENT_TRANSPORT } from './events/event-transport';
export type { BrokerStatus, EventDelivery, EventHandler, EventTransport } from './events/event-transport';
export { EventService, type EventsAnswer } from './events/event.service';

export { type AuthenticatedUser, USERS, type Users } from './auth/users';
export { HashedUsers } from './auth/hashed-users';
export { PlainUsers } from './auth/plain-users';
export { parseUsersFile, type UserRecords } from './auth/users-file';

export type { DoneAnswer, Page } from './canopsis/answers';
export { CanopsisError, DatabaseError, type ErrorBody } from './canopsis/canopsis-error';
export { CanopsisExceptionFilter } from './canopsis/canopsis-exception.filter';
export type { DialectName, HeartbeatDocument } from './canopsis/dialect';
export type { MountOptions } from './canopsis/mounted';

export { CLOCK, type Clock } from './time/clock';
