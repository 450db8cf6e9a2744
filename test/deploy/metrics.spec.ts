import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type TestApplication, startTestApplication } from '../support/application';
import { callOverHttp } from '../../src/testing/http-call';
import { describedIn } from '../observability/scrape';

const DEPLOY = join(__dirname, '../../deploy');
const METRIC = /\b(?:heartbeat|process|nodejs)_[a-z_0-9]+\b/g;

interface Dashboard {
  readonly panels: {
    readonly id: number;
    readonly type: string;
    readonly targets?: { readonly expr: string }[];
  }[];
  readonly templating: { readonly list: { readonly name: string; readonly definition?: string }[] };
}

interface Rules {
  readonly groups: {
    readonly rules: {
      readonly alert: string;
      readonly expr: string;
      readonly annotations: { readonly description: string };
    }[];
  }[];
}

describe('what deploy/ asks of Prometheus', () => {
  let app: TestApplication;
  let exposed: ReadonlySet<string>;
  let dashboard: Dashboard;
  let rules: Rules['groups'][number]['rules'];

  beforeAll(async () => {
    // With a broker that is away: its metric is there all the same.
    app = await startTestApplication({ env: { AMQP_URL: 'amqp://127.0.0.1:9' } });
    const { text } = await callOverHttp(`${app.url}/metrics`, 'GET', 'root:root');
    exposed = new Set(describedIn(text));
    dashboard = JSON.parse(await readFile(join(DEPLOY, 'grafana-dashboard.json'), 'utf8')) as Dashboard;
    const file = parse(await readFile(join(DEPLOY, 'alert-rules.yml'), 'utf8')) as Rules;
    rules = file.groups.flatMap((group) => group.rules);
  });
  afterAll(() => app.close());

  const unknownIn = (text: string): string[] =>
    [...text.matchAll(METRIC)]
      .map(([name]) => name)
      .filter((name) => !exposed.has(name) && !exposed.has(name.replace(/_(bucket|sum|count)$/, '')));

  it('knows a metric that there is from one that there is not', () => {
    expect(unknownIn('rate(heartbeat_flush_seconds_bucket[5m]) / heartbeat_flush_bytes')).toEqual([
      'heartbeat_flush_bytes',
    ]);
  });

  it('is exposed by the application, in the dashboard', () => {
    const queries = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(20);
    const variables = dashboard.templating.list.map(({ definition = '' }) => definition);
    expect([...queries, ...variables].flatMap(unknownIn)).toEqual([]);
    // Each metric of the product's own has its place.
    const own = [...exposed].filter((name) => name.startsWith('heartbeat_'));
    expect(own.filter((name) => !queries.some((query) => query.includes(name)))).toEqual([]);
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it('is exposed by the application, in the alert rules, each of which says what to do', () => {
    expect(rules.map(({ alert }) => alert)).toEqual([
      'HeartbeatDatabaseDown',
      'HeartbeatBrokerDown',
      'HeartbeatEngineBlind',
      'HeartbeatPathBroken',
      'HeartbeatOftenBlind',
      'HeartbeatAlarmsNotDelivered',
      'HeartbeatAlarmSetAside',
      'HeartbeatDetectionLate',
    ]);
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    for (const { annotations } of rules) {
      expect(Object.keys(annotations)).toEqual(['summary', 'description']);
      expect(annotations.description.length).toBeGreaterThan(150);
    }
  });
});
