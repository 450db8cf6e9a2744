import { randomUUID } from 'node:crypto';
import type { Answer, TestApplication } from './application';

/** Where the heartbeats are. */
export const HEARTBEATS = '/api/v2/heartbeat';

/** The errors of the contract that are always the same, by what went wrong. */
export const ERRORS = {
  invalidPayload: [400, { name: '', description: 'invalid heartbeat payload.' }],
  patternExists: [400, { name: '', description: 'heartbeat pattern already exists' }],
  unsupportedEncoding: [415, { name: '', description: 'unsupported content encoding.' }],
  invalidJson: [400, { name: '', description: 'invalid json.' }],
  databaseOnRead: [400, { description: 'database error, please contact your administrator.' }],
  databaseOnWrite: [400, { name: '', description: 'database error, please contact your administrator.' }],
  unauthenticated: [401, { name: '', description: 'authentication required.' }],
  unknownRoute: [404, { name: '', description: 'route not found.' }],
  otherMethod: [405, { name: '', description: 'method not allowed.' }],
  tooLarge: [413, { name: '', description: 'request body too large.' }],
  invalidUrl: [400, { name: '', description: 'invalid url.' }],
} as const satisfies Record<string, Expected>;

/** A status and the exact body that belongs to it. */
export type Expected = readonly [status: number, json: unknown];

/** @returns what an id that no heartbeat has is answered with */
export const notFound = (id: string): Expected => [404, { description: 'heartbeat not found', name: id }];

/** @returns what a query parameter that cannot be used is answered with */
export const invalidParameter = (name: string): Expected => [
  400,
  { name: '', description: `invalid query parameter: ${name}.` },
];

/** @returns what a change that was made is answered with */
export const done = (verb: 'created' | 'updated' | 'removed', id: string): Expected => [
  200,
  { name: `heartbeat ${verb}`, description: id },
];

/** Checks what every answer has, and the exact status and body of this one. */
export function expectAnswer(answer: Pick<Answer, 'status' | 'headers' | 'json'>, expected: Expected): void {
  expect([answer.status, answer.json]).toStrictEqual(expected);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('private, no-cache');
}

/** The fields of a heartbeat that a client sends. */
export interface HeartbeatBody {
  pattern: Record<string, string>;
  expected_interval: string;
  author?: string | null;
  name?: string | null;
  description?: string | null;
  output?: string | null;
}

/** @returns a valid body with a pattern that no other heartbeat has, and these fields instead */
export const heartbeat = (fields: Partial<HeartbeatBody> = {}): HeartbeatBody => ({
  pattern: { connector: randomUUID() },
  expected_interval: '10s',
  ...fields,
});

/**
 * Creates a heartbeat and returns its id. Where the database of the tests stood still for longer than the application waits, as it
 * may on a busy machine, once more: it may be there by then.
 */
export async function create(app: TestApplication, body: HeartbeatBody = heartbeat()): Promise<string> {
  const post = (): Promise<Answer> => app.request('POST', HEARTBEATS, { json: body });
  let answer = await post();
  if (answer.text.includes('database error')) {
    answer = await post();
    const there = answer.text.includes('already exists') && answer.headers.get('location');
    if (there) return decodeURIComponent(there.slice(there.lastIndexOf('/') + 1));
  }
  expect(answer).toMatchObject({ status: 200, json: { name: 'heartbeat created' } });
  return (answer.json as { description: string }).description;
}

/** Reads one heartbeat that must be there. */
export async function read(app: TestApplication, id: string): Promise<Record<string, unknown>> {
  const answer = await app.request('GET', `${HEARTBEATS}/${id}`);
  expect(answer.status).toBe(200);
  return answer.json as Record<string, unknown>;
}

/** Reads the bare list. */
export async function list(app: TestApplication): Promise<Record<string, unknown>[]> {
  const answer = await app.request('GET', HEARTBEATS);
  expect(answer.status).toBe(200);
  return answer.json as Record<string, unknown>[];
}

/** Removes every heartbeat, so that a test starts from none. */
export async function removeAll(app: TestApplication): Promise<void> {
  for (const { _id } of await list(app)) await app.request('DELETE', `${HEARTBEATS}/${_id as string}`);
}
