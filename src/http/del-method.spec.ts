import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { SERVER_LIMITS, limitedServer } from './limits';
import { answerUnparsable } from './raw-answers';

const GET = 'GET / HTTP/1.1\r\n\r\n';
const DEL = 'DEL /one HTTP/1.1\r\n\r\n';

describe('a DEL', () => {
  let server: Server;
  let client: Socket;
  let received: string;
  let answers: ServerResponse[];
  let onRequest: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    [received, answers] = ['', []];
    server = limitedServer((request, response) => {
      answers.push(response);
      onRequest(request, response);
    }, SERVER_LIMITS).on('clientError', answerUnparsable);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.setEncoding('latin1').on('data', (text: string) => (received += text));
  });
  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is a DELETE, and its connection ends with the client’s', async () => {
    const connections: Duplex[] = [];
    server.on('connection', (connection) => connections.push(connection));
    onRequest = ({ method, url }, response) => response.end(`${method} ${url}`);
    client.write(DEL);
    await once(client, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nDELETE \/one$/);
    expect(connections).toHaveLength(2);
    // `close` is what Node waits for before it forgets a connection.
    for (const connection of connections) if (!connection.closed) await once(connection, 'close');
  });

  it('is not answered in the middle of another answer', async () => {
    onRequest = (_request, response) => void response.write('begun');
    client.write(GET);
    while (!received.includes('begun')) await once(client, 'data');
    client.write(DEL);
    await once(client, 'close');
    expect(received).toMatch(/begun\r\n$/);
    expect(answers).toHaveLength(1);
  });

  it('is not served before the answer to an earlier request', async () => {
    const requested = new Promise<void>((resolve) => (onRequest = () => resolve()));
    client.write(GET);
    await requested;
    client.write(DEL);
    await once(client, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(answers).toHaveLength(1);
  });
});
