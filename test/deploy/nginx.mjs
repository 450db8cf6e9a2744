/** nginx.conf: whether nginx takes it, and whether what comes out of it is what the application would have answered. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { run } from '../package/tools.mjs';

const MEBIBYTE = 1024 * 1024;

/** Where nginx is started as root, its workers must be root too: the scratch directory is root's. */
const GLOBALS = `daemon off;${process.getuid() === 0 ? ' user root;' : ''}`;

/** @throws Error with nginx's own words, where it does not take the file, as it is or with its lines for TLS */
export async function checkSyntax(file, nginx) {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-check-'));
  try {
    const [key, certificate] = ['key', 'certificate'].map((name) => join(directory, name));
    const plain = (await adapted(file, directory, { port: 1, nodes: [2, 3] })).replace(
      /\n +# .* take the # away\./,
      '',
    );
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-keyout', key, '-out', certificate],
    ]);
    const tls = plain
      .replace(/^( +)# (listen|ssl|add_header)/gm, '$1$2')
      .replace('/run/secrets/tls_certificate', certificate)
      .replace('/run/secrets/tls_key', key);
    assert.match(tls, /^ +ssl_certificate_key /m);
    for (const config of [plain, tls]) {
      await writeFile(join(directory, 'nginx.conf'), config);
      await run(await nginx, ['-t', '-q', '-p', directory, '-c', join(directory, 'nginx.conf')]);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The file with the names of the nodes replaced by ports of this machine, writing into the directory only. */
async function adapted(file, directory, { port, nodes }) {
  return (await readFile(file, 'utf8'))
    .replace('app-1:8082', `127.0.0.1:${nodes[0]}`)
    .replace('app-2:8082', `127.0.0.1:${nodes[1]}`)
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replaceAll('/tmp/nginx', join(directory, 'nginx'))
    .replace('/dev/stdout', join(directory, 'access.log'));
}

/** @throws AssertionError where nginx does not behave in front of two nodes as it should */
export async function checkBehaviour(file, nginx) {
  const directory = await mkdtemp(join(tmpdir(), 'nginx-check-'));
  const nodes = [await startNode(), await startNode()];
  const port = await freePort();
  const config = await adapted(file, directory, { port, nodes: nodes.map((node) => node.port) });
  await writeFile(join(directory, 'nginx.conf'), config);
  const args = ['-p', directory, '-c', join(directory, 'nginx.conf'), '-g', GLOBALS];
  const child = spawn(await nginx, args, { stdio: 'ignore' });
  try {
    await listening(port, child);
    const seen = () => nodes.flatMap((node) => node.seen.splice(0));
    const ask = (path, options) => call(port, path, options);
    await passesPathsUnchanged(ask, seen);
    await keepsMetricsInside(ask, seen);
    await limitsBodies(ask, seen);
    await namesRequestsAndClients(ask, seen);
    await answersInTheFormat(ask, seen);
    await repeatsOnlyWhatIsIdempotent(ask, seen, nodes);
  } finally {
    const ended = child.exitCode === null && once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await Promise.all(nodes.map((node) => node.close()));
    await rm(directory, { recursive: true, force: true });
  }
}

async function passesPathsUnchanged(ask, seen) {
  const paths = [
    '/api/v2/heartbeat/',
    '/api/v2/heartbeat/a%2Fb%20c//d/?x=%2F&y=+',
    '//api/../api/%C3%A9',
    '/health/ready',
  ];
  for (const path of paths) {
    assert.equal((await ask(path)).status, 200, path);
    assert.deepEqual(
      seen().map(({ url }) => url),
      [path],
    );
  }
}

async function keepsMetricsInside(ask, seen) {
  for (const path of [
    '/metrics',
    '/metrics/',
    '//metrics',
    '/%6Detrics',
    '/METRICS',
    '/api/../metrics',
    '/metrics?a',
  ]) {
    const { status, body } = await ask(path);
    assert.deepEqual([status, body], [404, '{"name":"","description":"route not found."}'], path);
  }
  assert.deepEqual(seen(), []);
}

async function limitsBodies(ask, seen) {
  assert.equal((await ask('/api/v2/event', { method: 'POST', body: 'x'.repeat(MEBIBYTE) })).status, 200);
  assert.deepEqual(
    seen().map(({ body }) => body.length),
    [MEBIBYTE],
  );
  const { status, body } = await ask('/api/v2/event', { method: 'POST', body: 'x'.repeat(MEBIBYTE + 1) });
  assert.deepEqual([status, body], [413, '{"name":"","description":"request body too large."}']);
  assert.deepEqual(seen(), []);
}

async function namesRequestsAndClients(ask, seen) {
  await ask('/', {
    headers: { 'X-Request-Id': 'a.b:c-1', 'X-Forwarded-For': '192.0.2.1', Host: 'h.example' },
  });
  const [{ headers }] = seen();
  assert.equal(headers['x-request-id'], 'a.b:c-1');
  assert.equal(headers['x-forwarded-for'], '192.0.2.1, 127.0.0.1');
  assert.equal(headers.host, 'h.example');
  await ask('/', { headers: { 'X-Request-Id': 'a b"' } });
  assert.match(seen()[0].headers['x-request-id'], /^[0-9a-f]{32}$/);
}

async function answersInTheFormat(ask, seen) {
  const refused = [
    ['/', { method: 'TRACE' }, 405, 'method not allowed.'],
    [`/${'x'.repeat(20_000)}`, {}, 414, 'uri too long.'],
    ['/', { headers: { 'X-Large': 'x'.repeat(20_000) } }, 431, 'request header fields too large.'],
  ];
  for (const [path, options, expected, description] of refused) {
    const { status, headers, body } = await ask(path, options);
    assert.deepEqual([status, JSON.parse(body)], [expected, { name: '', description }]);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['cache-control'], 'private, no-cache');
  }
  assert.deepEqual(seen(), []);
}

async function repeatsOnlyWhatIsIdempotent(ask, seen, nodes) {
  for (const node of nodes) node.dies = true;
  const post = await ask('/api/v2/heartbeat', { method: 'POST', body: '{}' });
  assert.deepEqual([post.status, post.body], [502, '{"name":"","description":"bad gateway."}']);
  assert.equal(seen().length, 1);
  assert.equal((await ask('/api/v2/heartbeat')).status, 502);
  assert.equal(seen().length, 2);
  const [first, second] = nodes;
  second.dies = false;
  for (let i = 0; i < 2; i += 1) assert.equal((await ask('/api/v2/heartbeat')).status, 200);
  seen();
  // A node that is not there has not taken anything, so the other one may.
  await first.close();
  for (let i = 0; i < 4; i += 1) {
    assert.equal((await ask('/api/v2/heartbeat', { method: 'POST', body: '{}' })).status, 200);
  }
  assert.equal(seen().length, 4);
}

/** A node that notes what it is asked, and answers `{}`, or breaks the connection. */
async function startNode() {
  const node = { seen: [], dies: false };
  const server = createServer(async (asked, response) => {
    const { method, url, headers } = asked;
    node.seen.push({ method, url, headers, body: await text(asked) });
    if (node.dies) asked.socket.destroy();
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  node.port = server.address().port;
  node.close = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return node;
}

async function freePort() {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port, child) {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      assert.equal(child.exitCode, null, 'nginx ended');
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      socket.destroy();
    }
  }
}

async function call(port, path, { method = 'GET', headers, body } = {}) {
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  sent.on('error', () => undefined).end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
