import { UnreadQueueWatch } from './unread-queue-watch';

describe('UnreadQueueWatch', () => {
  function watch() {
    const said: string[] = [];
    const keep = (text: string): void => void said.push(text);
    const seen = { figures: { waiting: 3, consumers: 0 }, away: false };
    const one = new UnreadQueueWatch({
      ...{ queue: 'q', logger: { log: keep, warn: keep } },
      look: () => (seen.away ? Promise.reject(new Error('away')) : Promise.resolve(seen.figures)),
    });
    const looks = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) await one.lookOnce();
    };
    return { said, seen, looks };
  }

  it('says once that nobody consumes the queue, and once that somebody does again', async () => {
    const { said, seen, looks } = watch();
    await looks(5);
    expect(said).toEqual([expect.stringMatching(/^nobody consumes the queue q, in which 3 messages wait/)]);
    seen.figures = { waiting: 0, consumers: 1 };
    await looks(2);
    expect(said.slice(1)).toEqual(['the queue q is consumed again']);
    seen.figures = { waiting: 0, consumers: 0 };
    await looks(2);
    expect(said).toHaveLength(3);
  });

  it('says nothing of an engine that starts anew, or of a broker that is away', async () => {
    const { said, seen, looks } = watch();
    await looks(1);
    seen.figures = { waiting: 0, consumers: 1 };
    await looks(1);
    seen.figures = { waiting: 0, consumers: 0 };
    await looks(1);
    seen.away = true;
    await looks(3);
    expect(said).toEqual([]);
  });
});
