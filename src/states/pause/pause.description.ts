import { LAST_SECOND, LONGEST_REASON } from '../../domain/pause';
import { HEARTBEAT_ID, answered } from '../../heartbeat/heartbeat.description';
import { type Call, type Described, unixSeconds } from '../../openapi/described';

const errors = ['HeartbeatNotFound', 'DatabaseErrorWriting'] as const satisfies Call['errors'];

/** What is to be said of pauses. */
export const PAUSES: Described = {
  tag: { name: 'Pauses', description: 'Heartbeats that are not watched for a while.' },
  parameters: { id: HEARTBEAT_ID },
  calls: {
    pause: {
      id: 'pauseHeartbeat',
      summary: 'Pause a heartbeat',
      description:
        'Its state is `paused`: no alarm is raised; one that is open stays open, and the next event resolves it. A pause that lasts is replaced.',
      body: {
        schema: {
          type: 'object',
          description: 'Other fields are ignored; `null` counts as absent.',
          properties: {
            until: {
              ...unixSeconds('When it ends by itself, in the future; absent: when somebody ends it.'),
              type: ['number', 'null'],
              minimum: -LAST_SECOND,
              maximum: LAST_SECOND,
            },
            reason: {
              type: ['string', 'null'],
              maxLength: LONGEST_REASON,
              description: 'Shown with the state.',
            },
          },
        },
        examples: {
          'until it is ended': {},
          'for a while': { until: 4_102_444_800, reason: 'The server gets new disks.' },
        },
      },
      answer: { description: 'It is paused.', ...answered('paused') },
      errors: ['InvalidPause', 'InvalidJson', ...errors],
    },
    resume: {
      id: 'resumeHeartbeat',
      summary: 'End the pause of a heartbeat',
      description:
        'It has its whole interval from now on before it counts as silent. Where none lasts, nothing changes.',
      answer: { description: 'It is watched.', ...answered('resumed') },
      errors,
    },
  },
};
