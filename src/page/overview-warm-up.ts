import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, Optional } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { Engine } from '../engine/engine';
import { OverviewWatch } from '../states/overview/overview-watch';

/** Between two looks whether it can begin, and two attempts, in milliseconds. */
const RETRY_MS = 500;
/** More heartbeats than this are read when the first page is opened, if ever: they take up hundreds of megabytes. */
const MOST = 200_000;

/** Fills the overview behind the start, so that the first page that somebody opens need not wait for it. */
@Injectable()
export class OverviewWarmUp implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stopping = new AbortController();

  constructor(
    private readonly watch: OverviewWatch,
    @Optional() private readonly engine?: Engine,
  ) {}

  onApplicationBootstrap(): void {
    void this.fill();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  private async fill(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted && !this.watch.loaded) {
      // What has to be watched comes first.
      if (this.engine?.hasLearned ?? true) await this.watch.loadUpTo(MOST).catch(() => undefined);
      if (this.watch.loaded) return;
      await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
