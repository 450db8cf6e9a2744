import { Described, exactly } from '../openapi/described';
import type { HealthAnswer } from './health.service';

const live: HealthAnswer = { status: 'ok' };
const degraded: HealthAnswer = { status: 'degraded' };

/** What is to be said of the health checks. */
export const HEALTH: Described = {
  tag: { name: 'Health', description: 'For load balancers and orchestrators.' },
  open: true,
  calls: {
    live: {
      id: 'isLive',
      summary: 'Whether the process answers',
      answer: {
        description: 'It does.',
        schema: exactly<HealthAnswer>({ status: { const: live.status } }),
        examples: { live },
      },
    },
    ready: {
      id: 'isReady',
      summary: 'Whether heartbeats can be served',
      answer: {
        description:
          'They can; `degraded` where the broker that is set is away, events do not come the whole way to an engine, or the engine of this process fails.',
        schema: exactly<HealthAnswer>({ status: { type: 'string', enum: [live.status, degraded.status] } }),
        examples: { ready: live, degraded },
      },
      errors: ['NotReady', 'ShuttingDown'],
    },
  },
};
