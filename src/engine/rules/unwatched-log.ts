import type { Logger } from '@nestjs/common';
import { namedIds } from '../../util/named-ids';
import type { Rule } from './rule';

/** Tells the log of heartbeats that are not watched. */
export class UnwatchedLog {
  private readonly reported = new Set<string>();
  private shared: ReadonlySet<string> = new Set();

  constructor(private readonly logger: Logger) {}

  /** Names those that have become invalid, once each, with what keeps them from being watched. */
  report(ids: readonly string[], rules: ReadonlyMap<string, Rule>): void {
    const news = new Map<string, string[]>();
    for (const id of ids) {
      const rule = rules.get(id);
      if (rule?.valid !== false) this.reported.delete(id);
      else if (!this.reported.has(id)) {
        this.reported.add(id);
        const reason = rule.repeats ? 'an older heartbeat has the same pattern' : rule.reason;
        news.set(reason, [...(news.get(reason) ?? []), id]);
      }
    }
    for (const [reason, unwatched] of news)
      this.logger.warn(`not watched, since ${reason}: ${namedIds(unwatched)}`);
  }

  /** Names ids that several heartbeats are known by, once each: there is one state of each, and so one is watched. */
  reportShared(ids: readonly string[]): void {
    const news = ids.filter((id) => !this.shared.has(id));
    this.shared = new Set(ids);
    if (news.length === 0) return;
    this.logger.warn(
      `several heartbeats have an _id that reads the same, as 7 and "7" do, and only one of them is watched; delete the others, or store them under another _id: ${namedIds(news)}`,
    );
  }
}
