import type { Logger } from '@nestjs/common';
import { escaped } from '../../util/legible';
import type { Rule } from './rule';

/** How many ids a line of the log names. */
const NAMED = 10;
/** How much of an id a line of the log has, in characters. */
const LONGEST_ID = 300;

/** Tells the log of heartbeats that are not watched. */
export class UnwatchedLog {
  private readonly reported = new Set<string>();

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
    for (const [reason, unwatched] of news) {
      const named = unwatched.slice(0, NAMED).map(printable);
      const more = unwatched.length > NAMED ? ` and ${unwatched.length - NAMED} more` : '';
      this.logger.warn(`not watched, since ${reason}: ${named.join(', ')}${more}`);
    }
  }
}

/** Extended JSON is printable as it is; so is what has nothing to be quoted. */
const printable = (id: string): string =>
  escaped((id.startsWith('{') ? id : JSON.stringify(id)).slice(0, LONGEST_ID));
