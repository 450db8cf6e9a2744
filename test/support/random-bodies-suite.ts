import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { HttpFramework } from '../../src/http/adapters';
import { Answer, TestApplication, startTestApplication } from './application';
import { at } from './at';
import { ERRORS, Expected, HEARTBEATS, create, done, read } from './canopsis';
import { Connection } from './connection';
import { RandomBody, randomBody } from './random-bodies';
import { ROOT } from './raw-http';

/** How many bodies are sent altogether: half of them to each framework, and of these one in 25 to version 4. */
export const RANDOM_BODIES = Number(process.env.RANDOM_BODIES ?? 2_000);
/** No more than the application has connections to its database, so that none waits for another. */
const AT_ONCE = 20;

interface Sent extends RandomBody {
  method: 'POST' | 'PUT';
}

const anySent: fc.Arbitrary<Sent> = fc
  .tuple(randomBody, fc.constantFrom('POST' as const, 'POST', 'PUT'))
  .map(([body, method]) => ({ ...body, method }));

/**
 * Sends random bodies and checks every answer. Each framework has a file of its own, so that the two run side by side.
 */
export const describeRandomBodies = (framework: HttpFramework): void =>
  describe(`random bodies on ${framework}`, () => {
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

    const send = (n: number, method: string, path: string, bytes?: Uint8Array): Promise<Answer> => {
      const length = bytes === undefined ? [] : [`Content-Length: ${bytes.length}`];
      const head = [`${method} ${path} HTTP/1.1`, ROOT, 'Content-Type: application/json', ...length, '', ''];
      return at(connections, n).send(head.join('\r\n'), bytes ?? new Uint8Array());
    };

    const totalCount = async (): Promise<number> => {
      const { json } = await app.request('GET', `${HEARTBEATS}?limit=1`);
      return (json as { meta: { total_count: number } }).meta.total_count;
    };

    /** Whether an answer is one of the contract's to such a body. Plain code: matchers would take most of the time. */
    function isContract({ method, valid }: Sent, { status, headers, json }: Answer): boolean {
      const { description } = (json ?? {}) as { description?: string };
      const success = method === 'POST' ? done('created', description ?? '') : done('updated', target);
      const possible: Expected[] = [success, ERRORS.patternExists];
      if (!valid) possible.push(ERRORS.invalidPayload, ERRORS.invalidJson);
      return (
        possible.some((expected) => isDeepStrictEqual([status, json], expected)) &&
        headers.get('content-type') === 'application/json; charset=utf-8' &&
        headers.get('cache-control') === 'private, no-cache'
      );
    }

    /** Whether what was created is what was sent. */
    async function isStored(n: number, { bytes }: Sent, answer: Answer): Promise<boolean> {
      const { description: id } = answer.json as { description: string };
      const { json } = await send(n, 'GET', `${HEARTBEATS}/${id}`);
      const { pattern, expected_interval } = JSON.parse(Buffer.from(bytes).toString()) as Record<
        string,
        unknown
      >;
      const shown = json as Record<string, unknown>;
      return (
        isDeepStrictEqual(shown.pattern, pattern) &&
        shown.expected_interval === expected_interval &&
        Object.values(pattern as object).every((value) => typeof value === 'string') &&
        /^[0-9]+[smh]$/.test(String(expected_interval))
      );
    }

    it('are answered as the contract says, and change nothing unless they are accepted', async () => {
      const check = async (all: Sent[]): Promise<void> => {
        const before = await read(app, target);
        const pairs = await Promise.all(
          all.map(async (each, n) => {
            const path = each.method === 'POST' ? HEARTBEATS : `${HEARTBEATS}/${target}`;
            return [each, await send(n, each.method, path, each.bytes)] as const;
          }),
        );
        expect(pairs.filter((pair) => !isContract(...pair)).map(legible)).toEqual([]);

        const stored = await Promise.all(
          pairs.map(async ([each, answer], n) =>
            answer.status === 200 && each.method === 'POST' ? isStored(n, each, answer) : undefined,
          ),
        );
        expect(pairs.filter((_, n) => stored[n] === false).map(legible)).toEqual([]);
        total += stored.filter(Boolean).length;
        expect(await totalCount()).toBe(total);
        const replaced = pairs.some(([{ method }, { status }]) => status === 200 && method === 'PUT');
        if (!replaced) expect(await read(app, target)).toStrictEqual(before);
      };
      const batch = fc.array(anySent, { minLength: AT_ONCE, maxLength: AT_ONCE, size: 'max' });
      const numRuns = Math.ceil((RANDOM_BODIES * 0.48) / AT_ONCE);
      // What is stored depends on all that came before: a smaller example would be another case.
      await fc.assert(fc.asyncProperty(batch, check), { numRuns, endOnFailure: true });
      // Had none been accepted, nothing would have been tested.
      expect(total).toBeGreaterThan(10);
    }, 600_000);
  });

const legible = ([{ method, bytes }, { status, text }]: readonly [Sent, Answer]): string =>
  `${method} ${Buffer.from(bytes).toString('latin1')} → ${status} ${text}`;
