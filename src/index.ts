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
export { applyCanopsisFormat } from './host/canopsis-format';

export { HeartbeatPageModule, type HeartbeatPageOptions } from './page/heartbeat-page.module';

export { HeartbeatHealthIndicator, type HeartbeatHealth } from './engine/heartbeat-health.indicator';
export { HeartbeatEngineModule } from './engine/heartbeat-engine.module';
export type {
  HeartbeatEngineAsyncOptions,
  HeartbeatEngineExtras,
  HeartbeatEngineOptions,
  WatchOptions,
} from './engine/engine.options';
export {
  ALARM_SINK,
  AlarmRefusedError,
  type AlarmSink,
  type AlarmSource,
  ReceiverBusyError,
} from './engine/alarms/alarm-sink';
export type { AlertmanagerOptions, WebhookOptions } from './engine/alarms/receiver-options';
export type { OutboxEntry } from './states/outbox-fields';
export { StateService } from './states/state.service';
export type { StateDocument } from './states/state-row';
export { PauseService } from './states/pause/pause.service';
export type { PauseRequest } from './states/pause/pause-body';

export type { EngineMetrics } from './engine/engine-metrics';
export type { Metric, MetricRegistry, Sample } from './metrics/metric';
export { PrometheusEngineMetrics } from './metrics/prometheus-engine-metrics';

export type { AmqpOptions } from './events/amqp/amqp-options';
export type { CanopsisEvent } from './events/event';
export { EVENT_TRANSPORT } from './events/event-transport';
export type {
  AlarmPublisher,
  BrokerConnection,
  BrokerStatus,
  EventDelivery,
  EventHandler,
  EventPublisher,
  EventSource,
  EventTransport,
  PublishOptions,
} from './events/event-transport';
export { EventService, type EventsAnswer } from './events/event.service';

export type { Permitted, Right } from './auth/rights';
export { type AuthenticatedUser, USERS, type Users } from './auth/users';
export { HashedUsers } from './auth/hashed-users';
export { PlainUsers } from './auth/plain-users';
export { parseUsersFile, type UserRecords } from './auth/users-file';

export type { DoneAnswer, Page } from './canopsis/answers';
export { CanopsisError, DatabaseError, type ErrorBody } from './canopsis/canopsis-error';
export { CanopsisExceptionFilter } from './nest/canopsis-exception.filter';
export type { DialectName, HeartbeatDocument } from './domain/dialect';
export type { MountOptions } from './nest/mounted';

export { CLOCK, type Clock } from './util/clock';
