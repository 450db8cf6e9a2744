import type { Described } from '../openapi/described';

const example = `# HELP heartbeat_events_received_total Events that came in.
# TYPE heartbeat_events_received_total counter
heartbeat_events_received_total 42
`;

/** What is to be said of the call for metrics. */
export const METRICS: Described = {
  tag: { name: 'Metrics', description: 'For Prometheus.' },
  calls: {
    read: {
      id: 'readMetrics',
      summary: 'Read the metrics',
      description:
        'On this port unless `METRICS_PORT` is set. Where `METRICS_CREDENTIALS` is set, these alone are let in, as Basic.',
      answer: {
        description: 'All metrics, in the text format of Prometheus.',
        mediaType: 'text/plain',
        schema: { type: 'string' },
        examples: { one: example },
      },
    },
  },
};
