import type { CanopsisEvent } from '../../../src/events/event';
import type {
  AlarmPublisher,
  BrokerStatus,
  EventHandler,
  EventTransport,
  PublishOptions,
} from '../../../src/events/event-transport';
import { InProcessTransport } from '../../../src/events/in-process/in-process.transport';

/** Events in the process, behind a broker that can go away, and that can say that a backlog waits. */
export class SwitchableTransport implements EventTransport {
  status: BrokerStatus = 'none';
  /** Takes alarms, where there is a broker. */
  publishAlarm?: AlarmPublisher['publishAlarm'];
  /** What it says when asked how many messages wait. */
  waiting = 0;
  private isAway = false;
  private readonly listeners = new Set<(hearing: boolean) => void>();
  private readonly inProcess = new InProcessTransport();

  get hearing(): boolean {
    return !this.isAway && this.inProcess.hearing;
  }

  /** The broker goes away. */
  leave(): void {
    this.isAway = true;
    this.tell();
  }

  /** The broker is back, with a backlog. */
  comeBack(waiting = 0): void {
    this.waiting = waiting;
    this.isAway = false;
    this.tell();
  }

  consume(handler: EventHandler): Promise<void> {
    return this.inProcess.consume(handler);
  }

  stopConsuming(): Promise<void> {
    return this.inProcess.stopConsuming();
  }

  publish(event: CanopsisEvent, options?: PublishOptions): Promise<void> {
    return this.inProcess.publish(event, options);
  }

  backlog(): Promise<number> {
    return Promise.resolve(this.waiting);
  }

  onHearingChange(listener: (hearing: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): Promise<void> {
    return this.inProcess.close();
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.hearing);
  }
}
