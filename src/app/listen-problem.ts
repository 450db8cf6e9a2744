/** What to do where a port cannot be listened on, by the system's code. */
const CURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there: stop it, or set another port',
  EACCES: 'this user may not: set a port from 1024 on',
  EADDRNOTAVAIL: 'the host is none of this machine: set an address of its own, or 0.0.0.0 for all',
  EINVAL: 'the host is none of this machine: set an address of its own, or 0.0.0.0 for all',
  ENOTFOUND: 'the host name is not known here: set an address of this machine, or 0.0.0.0 for all',
  EAI_AGAIN: 'the host name could not be looked up: set an address of this machine, or 0.0.0.0 for all',
};

/** A port cannot be listened on; the message is one sentence that says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  /** @param code that of the system, such as `EADDRINUSE` */
  constructor(
    message: string,
    readonly code: string,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** @param setting which port it is; its host has the setting of the same name with HOST for PORT. Absent: none of the settings' */
export function listenProblem(
  error: unknown,
  setting: 'PORT' | 'METRICS_PORT' | undefined,
  { host, port }: { readonly host: string; readonly port: number },
): ListenError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const where =
    setting === undefined
      ? `port ${port} on ${host}`
      : `${setting} ${port} on ${setting.replace('PORT', 'HOST')} ${host}`;
  const why = CURES[code] === undefined ? message : `${CURES[code]} (${code})`;
  return new ListenError(`${where} cannot be listened on: ${why}`, code, error);
}
