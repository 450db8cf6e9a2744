import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner } from '@nestjs/core';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppModule } from '../../src/app/app.module';
import { PlainUsers } from '../../src/auth/plain-users';
import type { DialectName } from '../../src/domain/dialect';
import type { HttpFramework } from '../../src/http/adapters';
import type { OpenApiDocument } from '../../src/openapi/document';
import { Answer, MATRIX, TestApplication, startTestApplication } from '../support/application';
import { ERRORS, HEARTBEATS, create, expectAnswer, heartbeat } from '../support/canopsis';

const PATH = '/api/v2/heartbeat-openapi.json';

const written = readFileSync(join(__dirname, '../../openapi.json'), 'utf8');
const document = JSON.parse(written) as OpenApiDocument;

/** All controllers that the standalone application imports. */
const controllersOf = ({ imports = [], controllers = [] }: DynamicModule): Type<object>[] => [
  ...(controllers as Type<object>[]),
  ...imports.flatMap((imported) => controllersOf(imported as DynamicModule)),
];

/** The methods and paths that Nest knows of a controller, `{id}` for what varies. */
function routesOf(controller: Type<object>): string[] {
  const prototype = controller.prototype as Record<string, object>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name] ?? {};
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const [above, below] = [controller, handler].map(
      (target) => Reflect.getMetadata(PATH_METADATA, target) as string,
    );
    return [
      `${RequestMethod[method]} /${above}/${below}`
        .replace(/\/+$/, '')
        .replace(/\/+/g, '/')
        .replace(/:(\w+)/g, '{$1}'),
    ];
  });
}

it('openapi.json has every route of the application, and no other', () => {
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const users = new PlainUsers(new Map());
  const root = AppModule.register({ dialect: 'canopsis-4', users, databaseUri: 'mongodb://localhost' });
  const routed = new Set(controllersOf(root).flatMap(routesOf));
  expect([...routed]).toEqual(
    expect.arrayContaining([
      'POST /api/v2/heartbeat',
      'GET /api/v2/heartbeat/{id}/state',
      'GET /health/ready',
    ]),
  );
  expect(described.sort()).toEqual([...routed].sort());
});

/** Where a JSON pointer of the document leads. */
const at = (pointer: string): unknown =>
  pointer
    .slice(2)
    .split('/')
    .reduce(
      (value: unknown, part) =>
        (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );

/** All objects of the document, each with the JSON pointer that leads to it. */
function* objects(value: unknown = document, pointer = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  yield [pointer, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) {
    yield* objects(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
ajv.addVocabulary(['openapi', 'info', 'paths', 'components', 'servers', 'tags']);
ajv.addSchema(document, 'openapi');
const validator = (pointer: string): ValidateFunction =>
  ajv.compile({ $ref: `openapi${encodeURI(pointer)}` });

it('openapi.json refers to nothing that it does not have', () => {
  const references = [...objects()].flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref] : []));
  expect(references.length).toBeGreaterThan(50);
  for (const reference of references) expect([reference, at(reference)]).not.toContain(undefined);
});

it('openapi.json has examples of every body, which its schemas allow', () => {
  const contents = [...objects()].filter(([pointer]) => /\/content\/application~1json$/.test(pointer));
  expect(contents.length).toBeGreaterThan(30);
  for (const [pointer, { examples }] of contents) {
    const validate = validator(`${pointer}/schema`);
    const all = Object.values(examples as Record<string, { value: unknown }>);
    expect(all.length).toBeGreaterThan(0);
    for (const { value } of all) {
      expect([pointer, value, validate(value), validate.errors]).toEqual([pointer, value, true, null]);
    }
  }
});

interface ResponseObject {
  readonly headers: Record<string, { $ref?: string }>;
}

/** Checks an answer, its headers too, against what the document says of this call and status. */
function expectDescribed(answer: Answer, method: string, path: string): void {
  const status = `#/paths/${path.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${answer.status}`;
  const { $ref } = (at(status) ?? {}) as { $ref?: string };
  const pointer = $ref ?? status;
  const validate = validator(`${pointer}/content/application~1json/schema`);
  expect([answer.text, validate(answer.json), validate.errors]).toEqual([answer.text, true, null]);
  for (const [name, header] of Object.entries((at(pointer) as ResponseObject).headers)) {
    const { required, schema } = (header.$ref ? at(header.$ref) : header) as {
      required?: boolean;
      schema: object;
    };
    const value = answer.headers.get(name);
    if (required) expect([name, value]).not.toContain(null);
    if (value !== null && !('minimum' in schema)) expect(ajv.validate(schema, value)).toBe(true);
  }
}

describe.each<[HttpFramework, DialectName]>([...MATRIX])('an application on %s, %s', (framework, dialect) => {
  let app: TestApplication;
  beforeAll(async () => {
    app = await startTestApplication({ framework, dialect });
  });
  afterAll(() => app.close());

  it('serves openapi.json as it is written (if not: npm run openapi)', async () => {
    const answer = await app.request('GET', PATH);
    expectAnswer(answer, [200, document]);
    expect(answer.text).toBe(JSON.stringify(document));
  });

  it('serves it to nobody without credentials, and by no other method', async () => {
    expectAnswer(await app.request('GET', PATH, { auth: null }), ERRORS.unauthenticated);
    const other = await app.request('POST', PATH, { json: {} });
    expectAnswer(other, ERRORS.otherMethod);
    expect(other.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers as it says', async () => {
    const texts = { author: 'a', name: 'n', description: 'd', output: 'o' };
    const body = heartbeat(texts);
    const created = await app.request('POST', HEARTBEATS, { json: body });
    expect(created.status).toBe(200);
    expectDescribed(created, 'POST', HEARTBEATS);
    const { description: id } = created.json as { description: string };
    await create(app);
    const event = {
      connector: body.pattern.connector,
      connector_name: 'n',
      event_type: 'check',
      component: 'c',
    };
    const one = `${HEARTBEATS}/{id}`;
    const state = `${one}/state`;
    const states = `${HEARTBEATS}-state`;
    const events = '/api/v2/event';
    const calls: [method: string, path: string, status: number, json?: unknown, query?: string][] = [
      ['POST', HEARTBEATS, 400, body],
      ['POST', HEARTBEATS, 400, {}],
      ['GET', HEARTBEATS, 200],
      ['GET', HEARTBEATS, 200, undefined, '?page=1&limit=1'],
      ['GET', HEARTBEATS, 200, undefined, '?page=999999999999999&limit=1000'],
      ['GET', HEARTBEATS, 400, undefined, '?sort_by=nothing'],
      ['GET', one, 200],
      ['PUT', one, 200, heartbeat({ name: 'other' })],
      ['PUT', one, 400, []],
      ['GET', one, 200],
      ['GET', state, 200],
      ['POST', events, 200, [event, {}, 1]],
      ['POST', events, 400, 1],
      ['GET', states, 200],
      ['GET', states, 200, undefined, '?state=waiting&page=1'],
      ['GET', states, 400, undefined, '?state=nothing'],
      ['DELETE', one, 200],
      ['DELETE', one, 404],
      ['PUT', one, 404, heartbeat()],
      ['GET', one, 404],
      ['GET', state, 404],
      ['GET', PATH, 200],
      ['GET', '/health/live', 200],
      ['GET', '/health/ready', 200],
    ];
    for (const [method, path, status, json, query = ''] of calls) {
      const answer = await app.request(method, path.replace('{id}', id) + query, { json });
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expectDescribed(answer, method, path);
      if (path.startsWith('/health')) continue;
      const refused = await app.request(method, path.replace('{id}', id) + query, { json, auth: null });
      expect(refused.status).toBe(401);
      expectDescribed(refused, method, path);
    }
    expectDescribed(await app.request('GET', `${HEARTBEATS}/%ff`), 'GET', one);
    const large = await app.request('POST', events, { json: ' '.repeat(1_100_000) });
    expect(large.status).toBe(413);
    expectDescribed(large, 'POST', events);
  });
});
