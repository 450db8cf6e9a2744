import { Logger } from '@nestjs/common';
import { Loop } from './loop';

describe('Loop', () => {
  const HOUR = 3_600_000;
  let loop: Loop;
  let lines: string[];
  let work: () => Promise<void>;

  beforeEach(() => {
    lines = [];
    const logger = new Logger();
    jest.spyOn(logger, 'log').mockImplementation((line) => void lines.push(String(line)));
    jest.spyOn(logger, 'error').mockImplementation((line) => void lines.push(String(line)));
    loop = new Loop('counting', HOUR, () => work(), logger);
  });
  afterEach(() => loop.stop());

  /** Resolves when the work begins; it is under way until the returned function is called. */
  function begun(): Promise<(error?: Error) => void> {
    return new Promise((resolve) => {
      work = () =>
        new Promise((done, fail) => resolve((error) => (error === undefined ? done() : fail(error))));
    });
  }

  it('works at once, and then only when it is woken or time has passed', async () => {
    const first = begun();
    loop.start();
    const end = await first;
    const second = begun();
    end();
    loop.wake();
    (await second)();
  });

  it('works once more where it was woken while it worked', async () => {
    const first = begun();
    loop.start();
    const end = await first;
    loop.wake();
    const second = begun();
    end();
    (await second)();
  });

  it('stops when the work under way is done', async () => {
    const first = begun();
    loop.start();
    const end = await first;
    let stopped = false;
    const stop = loop.stop().then(() => (stopped = true));
    await Promise.resolve();
    expect(stopped).toBe(false);
    end();
    await stop;
  });

  it('goes on after a failure, and says once that it failed and that it works again', async () => {
    for (const [nth, error] of [new Error('one'), new Error('two'), undefined].entries()) {
      const next = begun();
      if (nth === 0) loop.start();
      else loop.wake();
      const end = await next;
      end(error);
      await new Promise(setImmediate);
    }
    expect(lines).toEqual(['counting failed: one', 'counting works again']);
  });
});
