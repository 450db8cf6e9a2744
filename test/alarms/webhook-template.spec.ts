import * as fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { startStandalone } from '../../src/app/standalone';
import { check } from '../../src/cli/check';
import { raised, resolved } from '../../src/engine/alarms/alarm';
import type { AlarmSource } from '../../src/engine/alarms/alarm-sink';
import type { WebhookOptions } from '../../src/engine/alarms/receiver-options';
import { WebhookAlarmSink } from '../../src/engine/alarms/webhook-alarm-sink';
import { readSettings } from '../../src/settings/settings';
import { startTestApplication } from '../support/application';
import { create, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { RememberingLogger } from '../support/log';

const AT = 1_700_000_000_400;
const subject = {
  resource: 'connector:"c\\1"\n',
  interval: '10s',
  output: 'Nö "event"\t\\ 100 % & more\u2028',
};
const ALL =
  '{"a":["{{connector}}","{{connector_name}}","{{event_type}}","{{component}}","{{resource}}","{{source_type}}",{{state}},' +
  '"{{output}}",{{timestamp}},"{{time}}"],"of":["{{id}}","{{name}}"],"n":{"raised":{{raised}},"resolved":{{resolved}}}}';

const named = (name?: string): AlarmSource => ({ id: 'h"1', name: () => Promise.resolve(name) });

describe('the template of the webhook', () => {
  let server: Server;
  let url: string;
  let calls: { headers: Record<string, unknown>; body: string }[];

  beforeEach(async () => {
    calls = [];
    server = createServer((request, response) => {
      void buffer(request).then((body) => {
        calls.push({ headers: request.headers, body: body.toString() });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  const posted = async (
    options: Partial<WebhookOptions>,
    entry = raised(subject, AT),
    source = named(),
  ): Promise<(typeof calls)[number]> => {
    await (await WebhookAlarmSink.of({ url, ...options })).deliver(entry, source);
    const last = calls.at(-1);
    if (last === undefined) throw new Error('nothing was posted');
    return last;
  };

  it('makes JSON of all that is known, whatever the texts hold', async () => {
    const { resource, output } = subject;
    const { headers, body } = await posted({ template: ALL }, raised(subject, AT), named('Nacht "1"\n'));
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toEqual({
      a: [
        ...['heartbeat', 'heartbeat', 'check', 'heartbeats', resource, 'resource', 3],
        ...[output, 1_700_000_000, '2023-11-14T22:13:20.000Z'],
      ],
      of: ['h"1', 'Nacht "1"\n'],
      n: { raised: true, resolved: false },
    });
    expect(JSON.parse((await posted({ template: ALL }, resolved(subject, AT))).body)).toMatchObject({
      a: expect.arrayContaining([0, output]) as unknown,
      of: ['h"1', ''],
      n: { raised: false, resolved: true },
    });
  });

  it('keeps every text as it is in JSON', async () => {
    const sink = await WebhookAlarmSink.of({ url, template: '{"t":"{{name}}: {{output}}"}' });
    const text = fc.string({ unit: 'binary', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, text, async (name, output) => {
        await sink.deliver(raised({ ...subject, output }, AT), named(name));
        expect(JSON.parse(calls.at(-1)?.body ?? '')).toEqual({ t: `${name}: ${output}` });
      }),
      { numRuns: 50 },
    );
  });

  it('chooses by state and name, escapes by content type, and is what the signature covers', async () => {
    const template =
      '{{#raised}}SILENT{{/raised}}{{#resolved}}heard{{/resolved}}{{^name}}?{{/name}} {{output}}';
    const text = { template, contentType: 'text/plain; charset=utf-8', secret: 'k' };
    const first = await posted(text);
    expect(first.body).toBe(`SILENT? ${subject.output}`);
    expect(first.headers['content-type']).toBe('text/plain; charset=utf-8');
    const hmac = createHmac('sha256', 'k').update(first.body).digest('hex');
    expect(first.headers['x-heartbeat-signature']).toBe(`sha256=${hmac}`);
    expect((await posted(text, resolved(subject, AT), named('n'))).body).toBe(`heard ${subject.output}`);
    const form = { template: 'a={{output}}&n={{state}}', contentType: 'application/x-www-form-urlencoded' };
    expect((await posted(form)).body).toBe(`a=${encodeURIComponent(subject.output)}&n=3`);
  });

  it.each([
    ['{"a":"{{outptu}}"}', '{{outptu}}, at character 6, is none of connector, connector_name,'],
    ['{"a":"{{constructor}}"}', '{{constructor}}, at character 6, is none of'],
    ['{"a":"{{output.length}}"}', '{{output.length}}, at character 6, is none of'],
    ['{"a":"{{#raised}}{{x}}{{/raised}}"}', '{{x}}, at character 17, is none of'],
    ['{"a":"{{ s3cret with spaces }}"}', 'a name, at character 6, is none of'],
    ['{"a":"{{> other}}"}', 'it includes another template, at character 6'],
    ['{"a":"{{output"}', 'Unclosed tag at character 16'],
    ['{{#raised}}"s3cret"', 'Unclosed section at character 19'],
    ['"s3cret"{{/raised}}', 'Unopened section at character 8'],
    ['{{=s3cret=}}', 'Invalid tags'],
    ['{"a":{{output}}}', 'it is not valid JSON for an alarm that is raised, of a heartbeat with a name'],
    ['{"a":"{{{output}}}"}', 'it is not valid JSON for an alarm that is raised, of a heartbeat with a name'],
    [
      '{"a":{{#name}}1{{/name}}}',
      'it is not valid JSON for an alarm that is raised, of a heartbeat without a name',
    ],
    [
      '{"a":{{#raised}}1{{/raised}}}',
      'it is not valid JSON for an alarm that is resolved, of a heartbeat with a name',
    ],
    ['s3cret: {{output}}', 'it is not valid JSON'],
    ['"', 'it is not valid JSON'],
  ])('is refused where it cannot work: %s', async (template, why) => {
    const refused = WebhookAlarmSink.of({ url, template });
    await expect(refused).rejects.toThrow(`webhook: the template cannot be used: ${why}`);
    await expect(refused).rejects.not.toThrow('s3cret');
  });

  it('is refused where it is too long', async () => {
    const template = `"${'x'.repeat(65_535)}"`;
    await expect(WebhookAlarmSink.of({ url, template })).rejects.toThrow(
      'it is longer than 65536 characters',
    );
  });

  it('is read from a file, and checked by a start and by check, before anything else is touched', async () => {
    const directory = await makeDirectory();
    const file = join(directory, 'template');
    const env = { PORT: '0', DATA_DIR: join(directory, 'data'), ALARM_WEBHOOK_URL: url };
    const problem = 'the template cannot be used: {{nome}}, at character 1, is none of';
    try {
      await writeFile(file, '"{{nome}}"');
      for (const [given, said] of [
        [`@${file}`, `ALARM_WEBHOOK_TEMPLATE, ${file}: ${problem}`],
        ['"{{nome}}"', `ALARM_WEBHOOK_TEMPLATE: ${problem}`],
        [`@${file}.txt`, `ALARM_WEBHOOK_TEMPLATE, ${file}.txt: ENOENT`],
      ] as const) {
        const settings = readSettings({ ...env, ALARM_WEBHOOK_TEMPLATE: given });
        await expect(startStandalone(settings, new RememberingLogger())).rejects.toThrow(said);
        const found = (await check(settings)).find(({ what }) => what === 'webhook template');
        expect(found?.problem).toContain(said);
      }
      calls = [];
      await writeFile(file, '{"text":"{{resource}}"}');
      const app = await startTestApplication({
        env: {
          ALARM_WEBHOOK_URL: url,
          ALARM_WEBHOOK_TEMPLATE: `@${file}`,
          ALARM_WEBHOOK_CONTENT_TYPE: 'application/x+json',
        },
      });
      await create(app, heartbeat({ pattern: { connector: 'silent' }, expected_interval: '1s' }));
      await eventually(() => calls.length > 0);
      await app.close();
      expect(calls[0]).toMatchObject({
        headers: { 'content-type': 'application/x+json' },
        body: '{"text":"connector:silent"}',
      });
    } finally {
      await removeDirectory(directory);
    }
  });
});
