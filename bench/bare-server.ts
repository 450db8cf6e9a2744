/**
 * What the API is measured against: the same answers from `node:http` and the MongoDB driver alone. It checks the
 * credentials, reads the body and keeps the unique index, and does nothing else. For an event it stores the time of the heartbeat
 * whose number its `connector_name` says.
 */
import { createHash, randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import mongoose, { mongo } from 'mongoose';

interface Stored {
  _id: string;
  pattern: Record<string, string>;
  expected_interval: string;
  created: number;
  updated: number;
  pattern_key?: string;
}

const AUTHORIZATION = `Basic ${Buffer.from('root:root').toString('base64')}`;
const HEADERS = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'private, no-cache' };

const present = ({ _id, pattern, expected_interval, created, updated }: Stored): Stored => {
  return { _id, pattern, expected_interval, created, updated };
};

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { ...HEADERS, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function noteEvent(heartbeats: mongo.Collection<Stored>, request: IncomingMessage): Promise<unknown> {
  const event = (await bodyOf(request)) as { connector_name: string };
  await heartbeats.updateOne(
    { _id: event.connector_name.replace('n', 'h') },
    { $set: { last_event: Date.now() } },
  );
  return { sent_events: [event], failed_events: [], retry_events: [] };
}

async function create(heartbeats: mongo.Collection<Stored>, request: IncomingMessage): Promise<string> {
  const { pattern, expected_interval } = (await bodyOf(request)) as Stored;
  const key = JSON.stringify(Object.entries(pattern).sort());
  const now = Math.floor(Date.now() / 1000);
  const pattern_key = createHash('sha256').update(key).digest('base64url');
  const _id = randomUUID();
  await heartbeats.insertOne({ _id, pattern, expected_interval, created: now, updated: now, pattern_key });
  return _id;
}

async function handle(
  heartbeats: mongo.Collection<Stored>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers.authorization !== AUTHORIZATION) return answer(response, 401, {});
  if (request.url === '/api/v2/event') return answer(response, 200, await noteEvent(heartbeats, request));
  if (request.method === 'POST') {
    return answer(response, 200, {
      name: 'heartbeat created',
      description: await create(heartbeats, request),
    });
  }
  const id = request.url?.split('/')[4] ?? '';
  if (id === '')
    return answer(
      response,
      200,
      (await heartbeats.find().sort({ created: -1, inserted: -1 }).toArray()).map(present),
    );
  const found = await heartbeats.findOne({ _id: id });
  return found ? answer(response, 200, present(found)) : answer(response, 404, {});
}

async function main(): Promise<void> {
  const connection = await mongoose.createConnection(process.argv[2] ?? '', { maxPoolSize: 20 }).asPromise();
  const heartbeats = connection.collection<Stored>('heartbeat') as unknown as mongo.Collection<Stored>;
  await heartbeats.createIndex({ pattern_key: 1 }, { unique: true, sparse: true });
  await heartbeats.createIndex({ created: 1, inserted: 1 });
  const server = createServer((request, response) => {
    handle(heartbeats, request, response).catch(() => answer(response, 500, {}));
  });
  server.listen(0, '127.0.0.1', () =>
    console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
  process.on('SIGTERM', () => process.exit(0));
}

void main();
