import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port';

const run = promisify(execFile);

/** Debian's own is a wrapper that changes the user. */
const RABBITMQCTL = '/usr/lib/rabbitmq/bin/rabbitmqctl';

/** A RabbitMQ of one's own on a free port, which can be frozen, stopped, killed, and started again with the state that it had. */
export class OwnBroker {
  private constructor(
    private readonly startScript: string,
    private readonly port: number,
    private readonly directory: string,
  ) {}

  /** @param startScript starts a broker: `start-rabbitmq PORT`; beside it lies `stop`. */
  static async start(startScript: string): Promise<OwnBroker> {
    const broker = new OwnBroker(startScript, await brokerPort(), await mkdtemp(join(tmpdir(), 'broker-')));
    await broker.start();
    return broker;
  }

  get url(): string {
    return this.urlFor('guest', 'guest');
  }

  urlFor(user: string, password: string): string {
    return `amqp://${user}:${password}@127.0.0.1:${this.port}`;
  }

  /** Starts it again after `stop` or `kill`. */
  async start(): Promise<void> {
    await this.script(this.startScript, [String(this.port)]);
  }

  /** Ends it as a crash would. */
  kill(): Promise<void> {
    return this.end('KILL');
  }

  /** Ends it in order. */
  stop(): Promise<void> {
    return this.end('TERM');
  }

  /** Sends a signal to all its processes, for example SIGSTOP. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(-Number(await readFile(join(this.home, 'pid'), 'utf8')), signal);
  }

  /** Gives it an order: what `rabbitmqctl` takes. */
  async control(...args: string[]): Promise<void> {
    const env = { ...process.env, HOME: this.home };
    await run(RABBITMQCTL, ['-n', `heartbeat-${this.port}@localhost`, ...args], { env });
  }

  /** Kills it, where it still runs, and removes what it stored. */
  async remove(): Promise<void> {
    await this.kill().catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  private get home(): string {
    return join(this.directory, 'heartbeat-servers', `rabbitmq-${this.port}`);
  }

  private async end(signal: 'TERM' | 'KILL'): Promise<void> {
    await this.script(join(dirname(this.startScript), 'stop'), ['rabbitmq', String(this.port), signal]);
  }

  private async script(file: string, args: string[]): Promise<void> {
    await run(file, args, { env: { ...process.env, TMPDIR: this.directory, KEEP_STATE: '1' } });
  }
}

/** A free port under 45536: the broker takes the one 20000 above it as well. */
async function brokerPort(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 45_536) return port;
  }
}
