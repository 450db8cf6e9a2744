import type { Provider } from '@nestjs/common';
import { ChangeFeed } from '../changes/change-feed';
import { ChangeStreams } from '../changes/change-streams';
import { OverviewCollection } from './overview-collection';
import { OverviewGaps } from './overview-gaps';
import { OverviewLists } from './overview-lists';
import { OverviewTimes } from './overview-times';
import { OverviewWatch } from './overview-watch';
import { OverviewService } from './overview.service';

/** What answers from the overview in memory; it needs the states and the heartbeats of its module. */
export const overviewProviders: Provider[] = [
  OverviewCollection,
  OverviewWatch,
  OverviewTimes,
  OverviewLists,
  OverviewGaps,
  OverviewService,
  ChangeFeed,
  ChangeStreams,
];
