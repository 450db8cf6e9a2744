import type { ConsumeMessage, Message } from 'amqplib';
import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { Acknowledgements } from './acknowledgements';

const PREFETCH = 40;
const message = (deliveryTag: number): ConsumeMessage => ({ fields: { deliveryTag } }) as ConsumeMessage;

/** A broker's side of a channel (AMQP 0-9-1, `basic.ack` and `basic.nack`). */
class ModelChannel {
  readonly unsettled = new Set<number>();
  readonly acknowledged: number[] = [];
  frames = 0;

  ack({ fields: { deliveryTag } }: Message, allUpTo = false): void {
    this.frames += 1;
    if (!this.unsettled.has(deliveryTag)) throw new Error(`PRECONDITION_FAILED: ${deliveryTag}`);
    const these = allUpTo ? [...this.unsettled].filter((tag) => tag <= deliveryTag) : [deliveryTag];
    for (const tag of these) this.unsettled.delete(tag);
    this.acknowledged.push(...these);
  }

  nack({ fields: { deliveryTag } }: Message): void {
    if (!this.unsettled.delete(deliveryTag)) throw new Error(`PRECONDITION_FAILED: ${deliveryTag}`);
  }
}

const act = fc.record({
  what: fc.constantFrom('deliver', 'deliver', 'ack', 'ack', 'requeue', 'turn'),
  which: fc.nat(),
});

describe('acknowledgements', () => {
  it('acknowledge what was dealt with and nothing else, in whatever order, and hold a quarter of the prefetch at most', async () => {
    const run = async (acts: { what: string; which: number }[]): Promise<void> => {
      const channel = new ModelChannel();
      const acknowledgements = new Acknowledgements(channel, PREFETCH);
      const unsettled: number[] = [];
      const done: number[] = [];
      let next = 1;
      for (const { what, which } of acts) {
        const [tag] = unsettled.length > 0 ? unsettled.slice(which % unsettled.length) : [];
        if (what === 'turn') {
          await setImmediate();
          expect(channel.unsettled.size - unsettled.length).toBeLessThanOrEqual(PREFETCH / 4);
        } else if (what === 'deliver') {
          unsettled.push(next);
          channel.unsettled.add(next);
          acknowledgements.delivered(message(next));
          next += 1;
        } else if (tag !== undefined) {
          unsettled.splice(unsettled.indexOf(tag), 1);
          if (what === 'ack') done.push(tag);
          acknowledgements[what === 'ack' ? 'ack' : 'requeue'](message(tag));
        }
      }
      acknowledgements.flush();
      expect(channel.acknowledged.sort((a, b) => a - b)).toEqual(done.sort((a, b) => a - b));
      expect([...channel.unsettled]).toEqual(unsettled);
    };
    await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 300 }), run), { numRuns: 300 });
  });

  it('take one frame for many', async () => {
    const channel = new ModelChannel();
    const acknowledgements = new Acknowledgements(channel, PREFETCH);
    for (let tag = 1; tag <= PREFETCH; tag += 1) {
      channel.unsettled.add(tag);
      acknowledgements.delivered(message(tag));
    }
    for (let tag = PREFETCH; tag >= 1; tag -= 1) acknowledgements.ack(message(tag));
    await setImmediate();
    expect([channel.frames, channel.unsettled.size]).toEqual([1, 0]);
  });

  it('pass over a channel that has closed', async () => {
    const closed = (): never => {
      throw new Error('Channel closed');
    };
    const acknowledgements = new Acknowledgements({ ack: closed, nack: closed }, PREFETCH);
    acknowledgements.delivered(message(1));
    acknowledgements.delivered(message(2));
    acknowledgements.ack(message(1));
    acknowledgements.requeue(message(2));
    await expect(setImmediate()).resolves.toBeUndefined();
    expect(() => acknowledgements.flush()).not.toThrow();
  });
});
