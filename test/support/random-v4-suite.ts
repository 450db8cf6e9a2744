import fc from 'fast-check';
import type { HttpFramework } from '../../src/http/adapters';
import { type Answer, type TestApplication, startTestApplication } from './application';
import { at } from './at';
import { V4, V4_BULK, type V4Page, v4Body } from './canopsis-v4';
import { Connection } from './connection';
import { eventually } from './eventually';
import { RANDOM_BODIES } from './random-bodies-suite';
import { type RandomCall, randomV4Call } from './random-v4-calls';
import { ROOT } from './raw-http';

const AT_ONCE = 20;
const LEAST_RUNS = 10;
const TARGET = 'target';

const FIELDS = '_id|name|description|author|output|pattern|expected_interval';
const FIELD = new RegExp(`^(([0-9]+\\.)?(${FIELDS})|sort_by|)$`);
const TEXT = new RegExp(
  [
    '^(Name|Description|Author|Pattern|ExpectedInterval|ID|IDs|Items) is missing\\.$',
    '^(Name|Description|Author|Output|ID) should be 255 or less\\.$|^ExpectedInterval should be 87600h or less\\.$',
    '^(Pattern|ExpectedInterval) is invalid\\.$|^(Pattern|Items|IDs) should not be blank\\.$',
    '^(Name|Pattern|ID) already exists$|^(Page|Limit) should be greater than 0\\.$',
    '^sort must be one of \\[asc desc\\]$|^SortBy must be one of \\[_id name author expected_interval created updated\\]$',
  ].join('|'),
);

/** Whether it is a document of version 4, with its nine fields and nothing else. */
function isDocument(value: unknown): boolean {
  const { pattern, created, updated, ...texts } = value as Record<string, unknown>;
  return (
    Object.keys(texts).sort().join() === '_id,author,description,expected_interval,name,output' &&
    Object.values(texts).every((text) => typeof text === 'string') &&
    Object.values(pattern as object).every((text) => typeof text === 'string') &&
    [created, updated].every(Number.isInteger)
  );
}

const isPage = ({ data, meta }: V4Page): boolean =>
  data.every(isDocument) && Object.values(meta).every(Number.isInteger);

/** Whether errors are in one of the two forms, with texts of the contract alone. */
function isRefusal({ status, json }: Answer): boolean {
  const { error, errors = {}, ...others } = json as { error?: string; errors?: Record<string, string> };
  if (Object.keys(others).length > 0) return false;
  if (status === 404) return error === 'Not found' || /^not found /.test(error ?? '');
  if (status !== 400) return false;
  return error === undefined
    ? Object.keys(errors).length > 0 &&
        Object.entries(errors).every(([field, text]) => FIELD.test(field) && TEXT.test(text))
    : error === 'request has invalid structure' || error === 'page is out of range';
}

/** Whether an answer is one of the contract's to such a call. Plain code: matchers would take most of the time. */
function isContract({ method, path, bytes, valid }: RandomCall, answer: Answer): boolean {
  const { status, json, text, headers } = answer;
  if (headers.get('cache-control') !== 'private, no-cache') return false;
  if (status === 204) return method === 'DELETE' && text === '' && headers.get('content-type') === null;
  if (headers.get('content-type') !== 'application/json; charset=utf-8') return false;
  if (status >= 300)
    return isRefusal(answer) && (!valid || !/invalid structure|missing|255|blank/.test(text));
  if (path === '/api/v4/event') return status === 200 && 'sent_events' in (json as object);
  if (method === 'GET') return status === 200 && isPage(json as V4Page);
  if (status !== (method === 'POST' ? 201 : 200)) return false;
  if (path !== V4_BULK) return isDocument(json);
  const sent = JSON.parse(Buffer.from(bytes ?? []).toString()) as unknown[];
  return (json as unknown[]).length === sent.length && (json as unknown[]).every(isDocument);
}

/** How many heartbeats there are more, or fewer, after a call that was answered so. */
function addedBy({ path, bytes }: RandomCall, { status, json }: Answer): number {
  if (status === 201) return Array.isArray(json) ? json.length : 1;
  if (status !== 204) return 0;
  const ids = path.includes('?')
    ? new URL(path, 'http://x').searchParams.getAll('ids[]')
    : (JSON.parse(Buffer.from(bytes ?? []).toString()) as { ids: string[] }).ids;
  return -new Set(ids).size;
}

/** Sends random calls to version 4 and checks every answer, as `describeRandomBodies` does for version 2. */
export const describeRandomV4Calls = (framework: HttpFramework): void =>
  describe(`random calls of version 4 on ${framework}`, () => {
    let app: TestApplication;
    let connections: Connection[];
    let total = 1;
    beforeAll(async () => {
      app = await startTestApplication({ framework, env: { ROLE: 'api' } });
      // A busy machine may take its time to begin.
      await eventually(async () => {
        await app.request('POST', V4, { json: v4Body({ _id: TARGET }) });
        return (await app.request('GET', `${V4}/${TARGET}`)).status === 200;
      });
      connections = await Promise.all(Array.from({ length: AT_ONCE }, () => Connection.to(app.url)));
    });
    afterAll(async () => {
      for (const connection of connections) connection.close();
      await app.close();
    });

    const send = (n: number, { method, path, bytes }: RandomCall): Promise<Answer> => {
      const typed =
        bytes === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${bytes.length}`];
      const head = [`${method} ${path} HTTP/1.1`, ROOT, ...typed, '', ''];
      return at(connections, n).send(head.join('\r\n'), bytes ?? new Uint8Array());
    };

    it('are answered in the forms of the contract, and change what they say they change', async () => {
      let accepted = 0;
      const check = async (calls: RandomCall[]): Promise<void> => {
        const pairs = await Promise.all(calls.map(async (each, n) => [each, await send(n, each)] as const));
        expect(pairs.filter((pair) => !isContract(...pair)).map(legible)).toEqual([]);
        accepted += pairs.filter(([{ method }, { status }]) => status < 300 && method !== 'GET').length;
        total += pairs.reduce((sum, pair) => sum + addedBy(...pair), 0);
        const { json } = await app.request('GET', `${V4}?limit=1`);
        expect((json as V4Page).meta.total_count).toBe(total);
      };
      const batch = fc.array(randomV4Call(TARGET), { minLength: AT_ONCE, maxLength: AT_ONCE, size: 'max' });
      // A bulk takes as long as many of version 2's calls.
      const numRuns = Math.max(LEAST_RUNS, Math.ceil((RANDOM_BODIES * 0.02) / AT_ONCE));
      // What is stored depends on all that came before: a smaller example would be another case.
      await fc.assert(fc.asyncProperty(batch, check), { numRuns, endOnFailure: true });
      // Had none been accepted, nothing would have been tested.
      expect(accepted).toBeGreaterThan(10);
    }, 600_000);
  });

const legible = ([{ method, path, bytes }, { status, text }]: readonly [RandomCall, Answer]): string =>
  `${method} ${path} ${Buffer.from(bytes ?? []).toString('latin1')} → ${status} ${text}`;
