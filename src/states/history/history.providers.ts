import type { Provider } from '@nestjs/common';
import { EventLookupService } from '../recent/event-lookup.service';
import { EventMemory } from '../recent/event-memory';
import { ArrivalRecorder } from './arrival-recorder';
import { EVENT_OBSERVER } from './event-observer';
import { HistoryCollection } from './history-collection';
import { HistoryService } from './history.service';

/** What keeps and tells the past; it needs the overview of its module. */
export const historyProviders: Provider[] = [
  ArrivalRecorder,
  HistoryCollection,
  HistoryService,
  EventMemory,
  { provide: EVENT_OBSERVER, useExisting: EventMemory },
  EventLookupService,
];
