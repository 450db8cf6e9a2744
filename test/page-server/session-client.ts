import type { Answer, RequestOptions, TestApplication } from '../support/application';

export const SESSION = '/api/v2/heartbeat-session';

/** A browser, as far as sessions need one: it keeps the cookie, and says from which page a request is. */
export class SessionClient {
  /** `name=value`, as it is sent back. */
  cookie: string | undefined;

  /** @param origin of the page that the requests are from */
  constructor(
    readonly app: Pick<TestApplication, 'url' | 'request'>,
    readonly origin = app.url,
  ) {}

  async request(method: string, path: string, { headers, ...options }: RequestOptions = {}): Promise<Answer> {
    const answer = await this.app.request(method, path, {
      auth: null,
      ...options,
      headers: {
        'X-Requested-With': 'test',
        ...(method !== 'GET' && { Origin: this.origin }),
        ...(this.cookie !== undefined && { Cookie: this.cookie }),
        ...headers,
      },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      this.cookie = /Max-Age=0/.test(cookie) ? undefined : pair;
    }
    return answer;
  }

  logIn(name = 'root', password = 'root', options: RequestOptions = {}): Promise<Answer> {
    return this.request('POST', SESSION, { json: { name, password }, ...options });
  }

  logOut(): Promise<Answer> {
    return this.request('DELETE', SESSION);
  }

  async user(): Promise<unknown> {
    const { status, json } = await this.request('GET', SESSION);
    return status === 200 ? (json as { user: unknown }).user : status;
  }
}
