import type { BrokerClient } from './broker-client';
import type { Watched } from './installation';

/** How many heartbeats told which sequence of alarms, e.g. `{ '3,0,3': 500 }`. */
export function sequences(client: BrokerClient, all: readonly Watched[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { resource } of all) {
    const told = String(client.told(resource));
    counts[told] = (counts[told] ?? 0) + 1;
  }
  return counts;
}
