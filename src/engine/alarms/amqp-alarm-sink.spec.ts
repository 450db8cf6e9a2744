import { AmqpAlarmSink } from './amqp-alarm-sink';

const entry = { id: '1', key: 'heartbeat.check', body: '{"connector":"heartbeat","state":3,"output":"é"}' };

describe('AmqpAlarmSink', () => {
  it('publishes the alarm with its routing key, byte for byte', async () => {
    const published: string[] = [];
    const sink = new AmqpAlarmSink({
      publishAlarm: (body, key) => Promise.resolve(void published.push(key, body)),
    });
    await sink.deliver(entry);
    expect(published).toEqual([entry.key, entry.body]);
  });

  it('has not delivered what the broker did not confirm', async () => {
    const sink = new AmqpAlarmSink({ publishAlarm: () => Promise.reject(new Error('not confirmed')) });
    await expect(sink.deliver(entry)).rejects.toThrow('not confirmed');
  });
});
