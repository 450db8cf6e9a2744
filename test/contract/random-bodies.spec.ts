import fc from 'fast-check';
import type { HttpFramework } from '../../src/http/adapters';
import { Answer, TestApplication, startTestApplication } from '../support/application';
import { ERRORS, Expected, HEARTBEATS, create, done, expectAnswer, read } from '../support/canopsis';
import { Connection } from '../support/connection';
import { RandomBody, randomBody } from '../support/random-bodies';
import { ROOT } from '../support/raw-http';

/** How many bodies are sent altogether: half of them to each framework. */
const BODIES = Number(process.env.RANDOM_BODIES ?? 2_000);
const AT_ONCE = 50;

interface Sent extends RandomBody {
  method: 'POST' | 'PUT';
}

const sent = fc.record({ body: randomBody, method: fc.constantFrom('POST' as const, 'POST', 'PUT') });

describe.each<[HttpFramework]>([['fastify'], ['express']])('random bodies on %s', (framework) => {
  let app: TestApplication;
  let connections: Connection[];
  let target: string;
  let total = 1;
  beforeAll(async () => {
    app = await startTestApplication({ framework, env: { ROLE: 'api' } });
    target = await create(app);
    connections = await Promise.all(Array.from({ length: AT_ONCE }, () => Connection.to(app.url)));
  });
  afterAll(async () => {
    for (const connection of connections) connection.close();
    await app.close();
  });

  const send = (connection: Connection, { method, bytes }: Sent): Promise<Answer> => {
    const path = method === 'POST' ? HEARTBEATS : `${HEARTBEATS}/${target}`;
    const head = [`${method} ${path} HTTP/1.1`, ROOT, 'Content-Type: application/json'];
    return connection.send([...head, `Content-Length: ${bytes.length}`, '', ''].join('\r\n'), bytes);
  };

  const totalCount = async (): Promise<number> => {
    const { json } = await app.request('GET', `${HEARTBEATS}?limit=1`);
    return (json as { meta: { total_count: number } }).meta.total_count;
  };

  /** Checks that an answer is one of the contract's; returns the id of what was created. */
  function expectContract({ method, valid }: Sent, answer: Answer): string | undefined {
    const { description } = answer.json as { description: string };
    const success: Expected = method === 'POST' ? done('created', description) : done('updated', target);
    const possible: Expected[] = valid
      ? [success, ERRORS.patternExists]
      : [success, ERRORS.patternExists, ERRORS.invalidPayload, ERRORS.invalidJson];
    expect(possible).toContainEqual([answer.status, answer.json]);
    expectAnswer(answer, [answer.status, answer.json]);
    return answer.status === 200 && method === 'POST' ? description : undefined;
  }

  it('are answered as the contract says, and change nothing unless they are accepted', async () => {
    const batch = fc.array(sent, { minLength: AT_ONCE, maxLength: AT_ONCE, size: 'max' });
    const check = async (bodies: { body: RandomBody; method: 'POST' | 'PUT' }[]): Promise<void> => {
      const before = await read(app, target);
      const all = bodies.map(({ body, method }) => ({ ...body, method }));
      const answers = await Promise.all(all.map((each, n) => send(connections[n], each)));
      for (const [n, answer] of answers.entries()) {
        const id = expectContract(all[n], answer);
        if (id === undefined) continue;
        total += 1;
        const { pattern, expected_interval } = JSON.parse(
          Buffer.from(all[n]?.bytes ?? []).toString(),
        ) as Record<string, unknown>;
        expect(await read(app, id)).toMatchObject({ pattern, expected_interval });
      }
      expect(await totalCount()).toBe(total);
      const replaced = answers.some(({ status }, n) => status === 200 && all[n]?.method === 'PUT');
      if (!replaced) expect(await read(app, target)).toStrictEqual(before);
    };
    await fc.assert(fc.asyncProperty(batch, check), { numRuns: Math.ceil(BODIES / 2 / AT_ONCE) });
    // Had none been accepted, nothing would have been tested.
    expect(total).toBeGreaterThan(10);
  }, 600_000);
});
