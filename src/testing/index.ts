/** What tests of other applications may import, as `canopsis-heartbeat/testing`. */
export { startHeartbeatApp } from './start-heartbeat-app';
export type { HeartbeatAppOptions } from './options';
export type { HeartbeatApp, HeartbeatAppAnswer, HeartbeatFields } from './heartbeat-app';
export type { HeartbeatAppRequest } from './http-call';
export type { RecordedAlarm } from './alarm-recorder';
export type { TestClock } from './test-clock';
