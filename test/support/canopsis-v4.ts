import { randomUUID } from 'node:crypto';
import type { Answer, RequestOptions, TestApplication } from './application';

/** Where the heartbeats of version 4 are. */
export const V4 = '/api/v4/heartbeats';
export const V4_BULK = '/api/v4/bulk/heartbeats';

export const STRUCTURE = [400, { error: 'request has invalid structure' }] as const;
export const NOT_FOUND = [404, { error: 'Not found' }] as const;
export const UNAUTHORIZED = [401, { error: 'Unauthorized' }] as const;
export const FORBIDDEN = [403, { error: 'Forbidden' }] as const;

/** A 400 that names fields. */
export const refused = (errors: Record<string, string>): readonly [number, unknown] => [400, { errors }];

/** What is said of a body without any field. */
export const ALL_MISSING = {
  name: 'Name is missing.',
  description: 'Description is missing.',
  author: 'Author is missing.',
  pattern: 'Pattern is missing.',
  expected_interval: 'ExpectedInterval is missing.',
};

/** The fields of a heartbeat that a client sends. */
export interface V4Body {
  _id?: unknown;
  name: string;
  description: string;
  author: string;
  pattern: Record<string, string>;
  expected_interval: string;
  output?: string;
}

/** A document as version 4 answers it. */
export type V4Answered = Record<string, unknown> & { _id: string };

/** @returns a valid body with a name and a pattern that no other heartbeat has, and these fields instead */
export const v4Body = (fields: Partial<V4Body> = {}): V4Body => ({
  name: randomUUID(),
  description: 'd',
  author: 'root',
  pattern: { connector: randomUUID() },
  expected_interval: '10m',
  ...fields,
});

/** Checks what every answer with a body has, and the exact status and body of this one. */
export function expectV4(answer: Answer, [status, json]: readonly [number, unknown]): void {
  expect([answer.status, answer.json]).toStrictEqual([status, json]);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('private, no-cache');
}

/** Creates a heartbeat and returns its document. */
export async function v4Create(app: TestApplication, fields: Partial<V4Body> = {}): Promise<V4Answered> {
  const answer = await app.request('POST', V4, { json: v4Body(fields) });
  expect(answer).toMatchObject({ status: 201 });
  return answer.json as V4Answered;
}

/** Reads one heartbeat that must be there. */
export async function v4Read(app: TestApplication, id: string): Promise<V4Answered> {
  const answer = await app.request('GET', `${V4}/${encodeURIComponent(id)}`);
  expect(answer.status).toBe(200);
  return answer.json as V4Answered;
}

/** A page, or all of a list. */
export interface V4Page {
  data: V4Answered[];
  meta: { page: number; per_page: number; page_count: number; total_count: number };
}

/** Reads a list that must be answered. @param query without its question mark */
export async function v4List(app: TestApplication, query = 'paginate=false'): Promise<V4Page> {
  const answer = await app.request('GET', `${V4}?${query}`);
  expect(answer.status).toBe(200);
  return answer.json as V4Page;
}

/** Removes every heartbeat. */
export async function v4RemoveAll(app: TestApplication): Promise<void> {
  const ids = (await v4List(app)).data.map(({ _id }) => _id);
  if (ids.length === 0) return;
  expect((await app.request('DELETE', V4_BULK, { json: { ids } })).status).toBe(204);
}

/** Sends a body as it is, as JSON. */
export const asJson = (body: string | Uint8Array<ArrayBuffer>): RequestOptions => ({
  body,
  headers: { 'Content-Type': 'application/json' },
});

/** Intervals as they are sent, and as version 4 keeps them: in the largest unit in which they are whole, but for days. */
export const KEPT_INTERVALS: readonly (readonly [sent: string, kept: string])[] = [
  ['60s', '1m'],
  ['3600s', '1h'],
  ['86400s', '24h'],
  ['010m', '10m'],
  ['120m', '2h'],
  ['90s', '90s'],
  ['90m', '90m'],
  ['61m', '61m'],
];
