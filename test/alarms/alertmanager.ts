import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';

/** Path of the program; empty where there is none. */
export const ALERTMANAGER = process.env.ALERTMANAGER ?? '';
if (ALERTMANAGER === '' && process.env.REQUIRE_OUTSIDE === '1') {
  throw new Error('REQUIRE_OUTSIDE=1 needs ALERTMANAGER, the path of a Prometheus Alertmanager');
}

/** An alert as Alertmanager shows it while it is active. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** What Alertmanager told whoever is notified of an alert. */
export interface Notification {
  readonly heartbeat: string;
  readonly status: 'firing' | 'resolved';
}

/** A real Alertmanager, which can be stopped and started again, and forgets its alerts then. */
export class TestAlertmanager {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly directory: string,
    private readonly port: number,
    /** All that it notified of, oldest first. */
    readonly notifications: Notification[],
    private readonly end: () => void,
  ) {}

  /** Prepares one that is not running yet. */
  static async prepare(): Promise<TestAlertmanager> {
    const directory = await mkdtemp(join(tmpdir(), 'heartbeat-alertmanager-'));
    const notifications: Notification[] = [];
    const notified = createServer((request, response) => {
      void json(request).then((body) => {
        const { alerts } = body as { alerts: { status: Notification['status']; labels: Labels }[] };
        for (const { status, labels } of alerts) notifications.push({ heartbeat: labels.heartbeat, status });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(notified, 'listening');
    const { port } = notified.address() as AddressInfo;
    const config = {
      route: { receiver: 'test', group_by: ['...'], group_wait: '10ms', group_interval: '50ms' },
      receivers: [{ name: 'test', webhook_configs: [{ url: `http://127.0.0.1:${port}/` }] }],
    };
    await writeFile(join(directory, 'alertmanager.yml'), JSON.stringify(config));
    return new TestAlertmanager(directory, await freePort(), notifications, () => {
      notified.closeAllConnections();
      notified.close();
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = [
      `--config.file=${join(this.directory, 'alertmanager.yml')}`,
      `--storage.path=${join(this.directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${this.port}`,
      '--cluster.listen-address=',
    ];
    this.child = spawn(ALERTMANAGER, args, { stdio: 'ignore' });
    await eventually(() =>
      fetch(`${this.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // Killed, it would forget whom it has notified of what.
    child.kill('SIGTERM');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    this.end();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** The alerts that are active, of one heartbeat or of all. */
  async active(heartbeat?: string): Promise<ActiveAlert[]> {
    const alerts = (await (await fetch(`${this.url}/api/v2/alerts`)).json()) as ActiveAlert[];
    return alerts.filter(({ labels }) => heartbeat === undefined || labels.heartbeat === heartbeat);
  }

  /** What it notified of one heartbeat, oldest first. */
  told(heartbeat: string): string[] {
    return this.notifications.filter((one) => one.heartbeat === heartbeat).map(({ status }) => status);
  }

  /** How many alerts it took since it started: firing, or resolved. */
  async received(status: Notification['status']): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const line = new RegExp(
      `^alertmanager_alerts_received_total\\{.*status="${status}".*v2.*\\} (\\d+)`,
      'm',
    );
    return Number(line.exec(text)?.[1] ?? 0);
  }
}

interface Labels {
  readonly heartbeat: string;
}
