import type { Answer, ApiClient, Call } from './api-client';
import type { Tally } from './tally';

/** How the application answers when the machine is too busy for its limits of time. */
const BUSY: readonly unknown[] = ['database error, please contact your administrator.', 'not ready.'];

/** Makes calls, and counts how they are answered. */
export class Calls {
  constructor(
    private readonly api: ApiClient,
    private readonly tally: Tally,
  ) {}

  /**
   * Makes a call. An answer that is not right is a failure, unless it is the documented one of an application that has too
   * little time: these are counted as `busy`. Never rejects.
   * @returns whether the answer was right
   */
  async make(call: Call, right: (answer: Answer) => boolean, name: string): Promise<boolean> {
    try {
      const answer = await this.api.call(call);
      this.tally.count('requests');
      if (right(answer)) return true;
      const busy = isBusy(answer.body);
      if (busy) this.tally.count('busy');
      else this.failed(call, name, `${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`);
      if (answer.status >= 500 && !busy) this.tally.count('5xx');
    } catch (error) {
      this.failed(call, name, String(error));
    }
    return false;
  }

  private failed({ method, path }: Call, name: string, how: string): void {
    this.tally.fail(`${name}: ${method} ${path}: ${how}`);
  }
}

function isBusy(body: unknown): boolean {
  const { description, retry_events } = body as { description?: unknown; retry_events?: unknown[] };
  return BUSY.includes(description) || (retry_events?.length ?? 0) > 0;
}
