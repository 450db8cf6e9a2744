import { ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { HasExisting } from '../canopsis/canopsis-error';
import { type AnyResponse, setHeader } from './any-response';

/** A request of either framework; Express cuts what a host has mounted off its `url`. */
export interface RequestWithUrl {
  readonly url: string;
  readonly originalUrl?: string;
}

interface LocatedRequest extends RequestWithUrl {
  readonly params: Readonly<Record<string, string>>;
}

/** Names in the header `Location` the heartbeat that a call was about. */
export interface Locator {
  /**
   * Names the heartbeat that was changed, or the one that a refusal comes of.
   * @param idOf the id of the first, by the answer
   * @throws whatever `change` throws
   */
  naming<T>(change: Promise<T>, idOf: (answer: T) => string): Promise<T>;
}

/** Not what handlers declare: a validating pipe of the host looks into parameters that are declared with a class. */
class HeaderLocator implements Locator {
  /** @param base path of all heartbeats, as it was asked for */
  constructor(
    private readonly base: string,
    private readonly response: AnyResponse,
  ) {}

  async naming<T>(change: Promise<T>, idOf: (answer: T) => string): Promise<T> {
    try {
      const answer = await change;
      this.name(idOf(answer));
      return answer;
    } catch (error) {
      const { existing } = error as HasExisting;
      if (existing !== undefined) this.name(existing);
      throw error;
    }
  }

  private name(id: string): void {
    setHeader(this.response, 'Location', `${this.base}/${encodeURIComponent(id)}`);
  }
}

/** The {@link Locator} of a call for all heartbeats, or for one by the parameter `id`. */
export const LocatorOf = createParamDecorator((_data: unknown, context: ExecutionContext): Locator => {
  const http = context.switchToHttp();
  const request = http.getRequest<LocatedRequest>();
  return new HeaderLocator(basePath(request), http.getResponse());
});

/** The path that was asked for, without query, host and slash at its end; a global prefix of the host is in it. */
export const requestedPath = ({ url, originalUrl = url }: RequestWithUrl): string =>
  originalUrl
    .replace(/[?#].*$/s, '')
    .replace(/^https?:\/\/[^/]*/i, '')
    .replace(/\/+$/, '');

/** The path without the id, where there is one. */
function basePath(request: LocatedRequest): string {
  const path = requestedPath(request);
  return request.params['id'] === undefined ? path : path.slice(0, path.lastIndexOf('/'));
}
