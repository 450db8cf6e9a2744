import type { CanopsisEvent } from './event';
import type { EventDelivery, EventHandler } from './event-transport';
import { REQUEUE_DELAY_MS } from './event-transport';

/** How a transport carries out what becomes of a delivery. */
export interface Settlement {
  ack(): void;
  /** Called {@link REQUEUE_DELAY_MS} after the engine gave the delivery back. */
  requeue(): void;
  /** Called when the handler threw; the delivery is given back as well. */
  failed(error: unknown): void;
  /** See {@link EventDelivery.awaited}. */
  readonly awaited?: boolean;
}

/** Hands one event to the engine, and sees to it that it is settled once. */
export function deliver(event: CanopsisEvent, handler: EventHandler, settlement: Settlement): void {
  let settled = false;
  const once = (settle: () => void) => (): void => {
    if (settled) return;
    settled = true;
    settle();
  };
  const delivery: EventDelivery = {
    event,
    awaited: settlement.awaited,
    ack: once(() => settlement.ack()),
    requeue: once(() => void setTimeout(() => settlement.requeue(), REQUEUE_DELAY_MS).unref()),
  };
  try {
    handler(delivery);
  } catch (error) {
    delivery.requeue();
    settlement.failed(error);
  }
}
