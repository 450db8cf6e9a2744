import type { ConsumeMessage } from 'amqplib';
import { PoisonLog } from './poison-log';

const message = (routingKey: string, appId?: string): ConsumeMessage =>
  ({
    fields: { routingKey },
    properties: { appId },
    content: Buffer.from('{"secret'),
  }) as unknown as ConsumeMessage;

describe('PoisonLog', () => {
  const lines: string[] = [];
  const log = new PoisonLog({ warn: (line: string) => void lines.push(line) });

  beforeAll(() => void jest.useFakeTimers());
  beforeEach(() => void lines.splice(0));
  afterAll(() => {
    log.stop();
    jest.useRealTimers();
  });

  it('tells of one at once, with what says where it comes from and nothing of its content', () => {
    log.note(message('a.b\n\u009b', 'nagios"\u202e'), 'not_json');
    expect(lines).toEqual([
      'A message that is no event was thrown away: routing key "a.b\\n\\u{9b}", app id "nagios\\"\\u{202e}", 8 bytes, it is not JSON',
    ]);
  });

  it('tells of those that come meanwhile once, when the minute is over, and is silent afterwards', () => {
    log.note(message('second'), 'empty');
    for (let n = 0; n < 5_000; n += 1) log.note(message('other'), 'not_an_object');
    jest.advanceTimersByTime(59_000);
    expect(lines).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(lines).toEqual([
      '5001 messages that are no events were thrown away; the first: routing key "second", no app id, 8 bytes, it is empty',
    ]);
    jest.advanceTimersByTime(600_000);
    expect(lines).toHaveLength(1);
  });

  it('tells of the next one at once', () => {
    log.note(message('third'), 'not_an_object');
    expect(lines).toEqual([expect.stringMatching(/^A message .*"third".* it is JSON, but no object$/)]);
  });
});
