import { mongo } from 'mongoose';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { start, type Running } from './support';

const { BSON } = mongo;

function header(length: number, opCode = 2013): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(7, 4);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

function message(body: mongo.Document, flags = 0, ...sections: Buffer[]): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(flags, 0);
  const rest = Buffer.concat([head, BSON.serialize(body), ...sections]);
  return Buffer.concat([header(16 + rest.length), rest]);
}

function sequence(name: string, documents: mongo.Document[]): Buffer {
  const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((one) => BSON.serialize(one))]);
  const head = Buffer.alloc(5, 1);
  head.writeInt32LE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** An insertion into a collection whose name claims to be so long that it ends where its field begins. */
function leadingBack(): Buffer {
  const bytes = message({ insert: 'a', documents: [], $db: 'test' });
  const at = bytes.indexOf('insert\0') + 'insert\0'.length;
  bytes.writeInt32LE(-('insert\0'.length + 1 + 4), at);
  return bytes;
}

describe('the wire protocol of the embedded MongoDB', () => {
  let running: Running;
  let socket: Socket;

  beforeAll(async () => (running = await start(0)));
  afterAll(() => running.stop());
  beforeEach(async () => {
    socket = connect(Number(new URL(running.server.uri).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
  });
  afterEach(async () => {
    socket.destroy();
    expect(await running.db.command({ ping: 1 })).toEqual({ ok: 1 });
  });

  async function answer(): Promise<mongo.Document> {
    let bytes = Buffer.alloc(0);
    while (bytes.length < 4 || bytes.length < bytes.readInt32LE(0))
      bytes = Buffer.concat([bytes, ...((await once(socket, 'data')) as Buffer[])]);
    expect(bytes.readInt32LE(8)).toBe(7);
    return BSON.deserialize(bytes.subarray(bytes.readInt32LE(12) === 1 ? 36 : 21));
  }

  it.each<[string, Buffer]>([
    ['a length below that of a header', header(15)],
    ['a negative length', header(-1)],
    ['a length over the limit', header(48_000_001)],
    ['an unknown operation', header(16, 1)],
    ['a compressed message', header(16, 2012)],
    ['random bytes', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['no body', Buffer.concat([header(20), Buffer.alloc(4)])],
    ['an unknown section', Buffer.concat([header(26), Buffer.from([0, 0, 0, 0, 9, 5, 0, 0, 0, 0])])],
    ['an unknown required flag', message({ ping: 1, $db: 'admin' }, 4)],
    [
      'a body longer than the message',
      Buffer.concat([header(30), Buffer.from([0, 0, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0])]),
    ],
    [
      'a body that is no BSON',
      Buffer.concat([header(31), Buffer.from([0, 0, 0, 0, 0, 10, 0, 0, 0, 99, 97, 0, 1, 1, 0])]),
    ],
    [
      'a batch that is no BSON',
      message({ insert: 'a', $db: 'test' }, 0, Buffer.from([1, 12, 0, 0, 0, 100, 0, 99, 0, 0, 0, 0, 0])),
    ],
    ['a field that leads back to itself', leadingBack()],
    ['a batch of numbers', message({ insert: 'a', documents: [1, 2], $db: 'test' })],
  ])('closes the connection on %s', async (_what, bytes) => {
    const closed = once(socket, 'close');
    socket.resume();
    socket.write(bytes);
    await closed;
  });

  it('waits for the rest of a message that comes in pieces', async () => {
    const bytes = message({ ping: 1, $db: 'admin' });
    for (const at of [0, 1, 3, 5, 15, 16, 20, 30]) {
      socket.write(
        bytes.subarray(at, [0, 1, 3, 5, 15, 16, 20, 30].find((next) => next > at) ?? bytes.length),
      );
      await new Promise(setImmediate);
    }
    expect(await answer()).toEqual({ ok: 1 });
  });

  it('is not held up by a connection that never sends the rest', async () => {
    socket.write(message({ ping: 1, $db: 'admin' }).subarray(0, 18));
    expect(await running.db.command({ ping: 1 })).toEqual({ ok: 1 });
  });

  it('answers several messages that come at once, in their order', async () => {
    const bytes = message({ hello: 1, $db: 'admin' });
    socket.write(
      Buffer.concat([
        message({ insert: 'm', $db: 'test', writeConcern: { w: 0 } }, 2, sequence('documents', [{ _id: 1 }])),
        bytes,
      ]),
    );
    expect(await answer()).toMatchObject({ isWritablePrimary: true });
    expect(await running.db.collection('m').countDocuments()).toBe(1);
  });

  it('reads the handshake of older drivers', async () => {
    const query = Buffer.concat([
      Buffer.alloc(4),
      Buffer.from('admin.$cmd\0'),
      Buffer.alloc(8, 255),
      BSON.serialize({ isMaster: 1 }),
    ]);
    socket.write(Buffer.concat([header(16 + query.length, 2004), query]));
    const hello = await answer();
    expect(hello).toMatchObject({ ismaster: true, ok: 1 });
    expect(hello.topologyVersion).toBeUndefined();
  });

  it('ignores a checksum', async () => {
    const bytes = Buffer.concat([message({ ping: 1, $db: 'admin' }, 1), Buffer.from([1, 2, 3, 4])]);
    bytes.writeInt32LE(bytes.length, 0);
    socket.write(bytes);
    expect(await answer()).toEqual({ ok: 1 });
  });

  it.each(['documents', 'updates', 'deletes'])('holds a field named %s like any other', async (name) => {
    const rows = running.db.collection<{ _id: number; [field: string]: unknown }>(`named ${name}`);
    const list = [{ a: 1 }, { a: 2 }];
    const document = { _id: 1, [name]: list, inner: { [name]: list } };
    await rows.insertOne(document);
    expect(await rows.findOne({ [name]: list })).toEqual(document);
    expect(await rows.findOne({ inner: { [name]: list } })).toEqual(document);
    expect(await rows.countDocuments({ [name]: { $in: [{ a: 2 }] } })).toBe(1);
    expect(await rows.aggregate([{ $match: { [name]: { a: 1 } } }]).toArray()).toEqual([document]);
    const more = { [name]: [{ b: 1 }], inner: { [name]: [1, 'x'] } };
    expect(await rows.findOneAndUpdate({ _id: 1 }, { $set: more }, { returnDocument: 'after' })).toEqual({
      _id: 1,
      ...more,
    });
    await rows.updateOne({ [name]: [{ b: 1 }] }, { $set: { [name]: list } });
    expect(await rows.findOne()).toEqual({ ...document, inner: more.inner });
    expect(await rows.deleteOne({ [name]: list })).toMatchObject({ deletedCount: 1 });
  });

  it('answers a command that it cannot take as it is', async () => {
    const filter = new Map(Object.entries({ b: 1 })).set('1', 1);
    socket.write(message({ find: 'rows', filter, $db: 'test' }));
    expect(await answer()).toMatchObject({ ok: 0, code: 238, codeName: 'NotImplemented' });
    socket.write(message({ ping: 1, $db: 'admin' }));
    expect(await answer()).toEqual({ ok: 1 });
  });

  it('takes a batch within the body, and one after it', async () => {
    const body = { insert: 'both', $db: 'test', documents: [{ _id: 1 }, { _id: 2 }] };
    socket.write(message(body, 0, sequence('documents', [{ _id: 3 }])));
    expect(await answer()).toMatchObject({ n: 3, ok: 1 });
    expect(await running.db.collection('both').distinct('_id')).toEqual([1, 2, 3]);
  });

  it('reports nesting that is too deep as an error of that message alone', async () => {
    let deep: Buffer = Buffer.from([5, 0, 0, 0, 0]);
    for (let level = 0; level < 20_000; level++) {
      const length = Buffer.alloc(4);
      length.writeInt32LE(deep.length + 8);
      deep = Buffer.concat([length, Buffer.from([3, 97, 0]), deep, Buffer.from([0])]);
    }
    const content = Buffer.concat([Buffer.from('documents\0'), deep]);
    const head = Buffer.alloc(5, 1);
    head.writeInt32LE(content.length + 4, 1);
    socket.write(message({ insert: 'deep', $db: 'test' }, 0, Buffer.concat([head, content])));
    expect(await answer()).toMatchObject({ n: 0, writeErrors: [{ code: 15 }] });
  });
});
