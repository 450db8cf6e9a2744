import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { listenProblem } from '../../app/listen-problem';
import type { Settings } from '../../settings/settings';
import { httpCall } from '../../util/http-call';
import { proxyFor, type Proxies } from '../../util/http-proxy';
import { TimeoutError } from '../../util/timeout';

/** How long a receiver's host has to answer, in milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Listens on the ports for a moment, on all of them at once.
 * @throws ListenError where one cannot be listened on
 */
export async function checkPorts({ host, port, metricsHost, metricsPort }: Settings): Promise<void> {
  const servers: Server[] = [];
  const listen = async (name: 'PORT' | 'METRICS_PORT', at: { host: string; port: number }): Promise<void> => {
    const server = createServer().listen(at);
    try {
      await once(server, 'listening');
      servers.push(server);
    } catch (error) {
      throw listenProblem(error, name, at);
    }
  };
  try {
    await listen('PORT', { host, port });
    if (metricsPort !== undefined) await listen('METRICS_PORT', { host: metricsHost, port: metricsPort });
  } finally {
    for (const server of servers) server.close();
  }
}

/**
 * Asks a receiver's host for anything; nothing is posted, since that would be an alarm. Any answer will do.
 * @param setting the name of the setting that holds the URL
 * @throws Error that says why it cannot be reached; never anything of the URL, which may be a secret
 */
export async function checkReceiver(setting: string, url: string, proxies: Proxies): Promise<void> {
  try {
    const origin = new URL(new URL(url).origin);
    await httpCall(origin, { method: 'HEAD', limitMs: TIMEOUT_MS, proxy: proxyFor(origin, proxies) });
  } catch (error) {
    const { code } = error as { code?: string };
    const why = error instanceof TimeoutError ? error.message : code;
    const certificate = /^https:/i.test(url)
      ? ', and see that its certificate is trusted here (NODE_EXTRA_CA_CERTS)'
      : '';
    throw new Error(
      `the host of ${setting} cannot be called: ${why ?? 'unknown error'}; compare host and port${certificate}`,
    );
  }
}
