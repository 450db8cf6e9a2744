import { parseBasicHeader } from '../auth/basic-header';
import { PlainUsers } from '../auth/plain-users';

/** A name and a password. */
export interface MetricsCredentials {
  readonly name: string;
  readonly password: string;
}

/** Who may read the metrics, where they have credentials of their own. */
export class MetricsAccess {
  private readonly users: PlainUsers;

  constructor({ name, password }: MetricsCredentials) {
    this.users = new PlainUsers(new Map([[name, password]]));
  }

  /** Compares in constant time. @param header an Authorization header (RFC 7617) */
  admits(header: string | undefined): boolean {
    const given = parseBasicHeader(header);
    return given !== null && this.users.validate(given.name, given.password);
  }
}

/** Whether this is the path of the metrics. */
export const isMetricsPath = (path: string): boolean => path === '/metrics' || path === '/metrics/';
