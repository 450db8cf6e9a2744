import type { FirstOfStates, FirstStates, NamedState } from '../states/first-states';
import type { Metric, Sample } from './metric';

/** Names are cut: a label is kept by Prometheus for as long as the series; in characters. */
const LONGEST_NAME = 200;
/** Heartbeats with a longer id have no series: what is cut could be another one's. */
const LONGEST_ID = 200;

/**
 * Series for each heartbeat, of a bounded number of them: by id, so that it is always the same ones. Labels are id, name and state
 * alone: a pattern may hold what nobody means to publish.
 */
export class HeartbeatSeries {
  /** What it shows. */
  readonly metrics: readonly Metric[];

  /** @param most of so many heartbeats, from 1 */
  constructor(
    private readonly states: Pick<FirstStates, 'take'>,
    private readonly most: number,
  ) {
    this.metrics = [
      this.gauge(
        'heartbeat_state',
        'Always 1: the state that a heartbeat is in. Of the first METRICS_HEARTBEATS by id, once an engine has seen them.',
        (row) => [{ labels: { ...labelsOf(row), state: row.state }, value: 1 }],
      ),
      this.gauge(
        'heartbeat_last_event_timestamp_seconds',
        'When the last event of a heartbeat came; absent before the first.',
        (row) => timeOf(row, row.last_event),
      ),
      this.gauge(
        'heartbeat_deadline_timestamp_seconds',
        'When a heartbeat counts as silent, or its pause ends.',
        (row) => timeOf(row, row.deadline),
      ),
      {
        name: 'heartbeat_heartbeats_without_series',
        help: 'Heartbeats that have no series of their own.',
        type: 'gauge',
        read: async () => {
          const found = await this.states.take(this.most);
          if (found === undefined) return [];
          return [{ labels: {}, value: found.others + found.states.length - shownIn(found).length }];
        },
      },
    ];
  }

  private gauge(name: string, help: string, samplesOf: (row: NamedState) => Sample[]): Metric {
    const read = async (): Promise<Sample[]> => {
      const found = await this.states.take(this.most);
      return found === undefined ? [] : shownIn(found).flatMap(samplesOf);
    };
    return { name, help, type: 'gauge', read };
  }
}

const shownIn = ({ states }: FirstOfStates): NamedState[] =>
  states.filter(({ _id }) => _id.length <= LONGEST_ID);

/** Prometheus takes a label without a value for none. */
function labelsOf({ _id, name = '' }: NamedState): Record<string, string> {
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return { heartbeat: _id, ...(shown !== '' && { name: shown.toWellFormed() }) };
}

const timeOf = (row: NamedState, milliseconds: number | null): Sample[] =>
  milliseconds === null ? [] : [{ labels: labelsOf(row), value: milliseconds / 1_000 }];
