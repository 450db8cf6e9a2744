import { intervalSeconds } from './interval';
import type { Maintenance } from './maintenance';
import { Recurrence, type Span, type Spans } from './recurrence';

/** So many answers about one window are kept: those that were used last. */
const MOST_REMEMBERED = 32;

/** What is answered from a moment on until the span ends: to whoever asks in between, all is the same. */
interface Answer {
  readonly asked: number;
  readonly span: Span | undefined;
  /** Not looked for as long as nobody asks. */
  lastEnd: number | undefined;
}

/** When a window is. Computing a time zone's clock takes a while, so that answers are kept. */
export class WindowTimes implements Spans {
  private readonly spans: Spans;
  private answers: Answer[] = [];

  constructor(window: Maintenance) {
    this.spans = spansOf(window);
  }

  endingAfter(at: number): Span | undefined {
    return this.answerAt(at).span;
  }

  /** @returns the span that holds at a moment */
  holdingAt(at: number): Span | undefined {
    const span = this.endingAfter(at);
    return span !== undefined && span.from <= at ? span : undefined;
  }

  lastEnd(at: number): number {
    const answer = this.answerAt(at);
    return (answer.lastEnd ??= this.spans.lastEnd(at));
  }

  /** Finds out what will be asked at a moment, and in the minute after it: at least as long as that lasts what comes then. */
  prepare(at: number): void {
    this.lastEnd(at);
    const span = this.endingAfter(at);
    if (span !== undefined) this.endingAfter(span.to);
  }

  private answerAt(at: number): Answer {
    const { answers } = this;
    const index = answers.findIndex(({ asked, span }) => asked <= at && at < (span?.to ?? Infinity));
    const found = answers[index];
    if (found !== undefined && index === 0) return found;
    const isEnd = found === undefined && answers.some(({ span }) => span?.to === at);
    const answer = found ?? {
      ...{ asked: at, span: this.spans.endingAfter(at) },
      lastEnd: isEnd ? at : undefined,
    };
    const others = answers.filter((each) => each !== answer);
    this.answers = [answer, ...others.slice(0, MOST_REMEMBERED - 1)];
    return answer;
  }
}

function spansOf(window: Maintenance): Spans {
  if ('cron' in window) {
    return new Recurrence(window.cron, window.timezone, (intervalSeconds(window.duration) ?? 0) * 1_000);
  }
  const span = { from: Math.round(window.from * 1_000), to: Math.round(window.to * 1_000) };
  return {
    endingAfter: (at) => (at < span.to ? span : undefined),
    lastEnd: (at) => (at < span.to ? -Infinity : span.to),
  };
}
