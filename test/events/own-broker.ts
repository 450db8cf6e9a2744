import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian's own is a wrapper that changes the user. */
const RABBITMQCTL = '/usr/lib/rabbitmq/bin/rabbitmqctl';

/** A RabbitMQ of a test's own on a free port, which can be killed and started again with the state that it had. */
export class OwnBroker {
  private constructor(
    private readonly startScript: string,
    private readonly port: number,
    private readonly directory: string,
  ) {}

  /** @param startScript starts a broker: `start-rabbitmq PORT`; beside it lies `stop`. */
  static async start(startScript: string): Promise<OwnBroker> {
    const broker = new OwnBroker(startScript, await freePort(), await mkdtemp(join(tmpdir(), 'broker-')));
    await broker.start();
    return broker;
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.port}`;
  }

  /** Starts it again after `kill`. */
  async start(): Promise<void> {
    await this.script(this.startScript, [String(this.port)]);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.script(join(dirname(this.startScript), 'stop'), ['rabbitmq', String(this.port), 'KILL']);
  }

  /** Gives it an order: what `rabbitmqctl` takes. */
  async control(...args: string[]): Promise<void> {
    const home = join(this.directory, 'heartbeat-servers', `rabbitmq-${this.port}`);
    await run(RABBITMQCTL, ['-n', `heartbeat-${this.port}@localhost`, ...args], {
      env: { ...process.env, HOME: home },
    });
  }

  /** Kills it, where it still runs, and removes what it stored. */
  async remove(): Promise<void> {
    await this.kill().catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  private async script(file: string, args: string[]): Promise<void> {
    await run(file, args, { env: { ...process.env, TMPDIR: this.directory, KEEP_STATE: '1' } });
  }
}

/** A free port under 45536: the broker takes the one 20000 above it as well. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    if (port < 45_536) return port;
  }
}
