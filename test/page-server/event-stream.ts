import { type Answer, type RequestOptions } from '../support/application';

/** A message of a stream. */
export interface Message {
  readonly event: string;
  readonly data: unknown;
}

/** A stream of server-sent events that is being read. */
export class EventStream {
  readonly messages: Message[] = [];
  private readonly aborting = new AbortController();
  private reading: Promise<void> = Promise.resolve();
  /** Whether the server has ended it. */
  ended = false;
  response!: Response;

  /** Opens one; where it is refused, `response` tells why. */
  static async open(url: string, { auth = 'root:root', headers }: RequestOptions = {}): Promise<EventStream> {
    const stream = new EventStream();
    stream.response = await fetch(url, {
      headers: {
        Accept: 'text/event-stream',
        ...(auth !== null && { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
        ...headers,
      },
      signal: stream.aborting.signal,
    });
    if (stream.response.status === 200) stream.reading = stream.read();
    return stream;
  }

  /** Resolves with the next message that fits, of those that were not asked for yet. */
  async next<T = Record<string, unknown>>(
    event: string,
    fits: (data: T) => boolean = () => true,
  ): Promise<T> {
    for (;;) {
      const at = this.messages.findIndex((message) => message.event === event && fits(message.data as T));
      if (at >= 0) return this.messages.splice(at, 1)[0]?.data as T;
      if (this.ended) throw new Error(`the stream ended without ${event}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Resolves when the server has ended it. */
  async finished(): Promise<void> {
    await this.reading;
  }

  close(): void {
    this.aborting.abort();
  }

  /** The body of a refusal. */
  async answer(): Promise<Pick<Answer, 'status' | 'headers' | 'json'>> {
    const { status, headers } = this.response;
    return { status, headers, json: await this.response.json() };
  }

  private async read(): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const piece of this.response.body ?? []) {
        text += decoder.decode(piece as Uint8Array, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } catch {
      // It was cut.
    }
    this.ended = true;
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
    );
    const data = fields.get('data');
    if (data !== undefined) this.messages.push({ event: fields.get('event') ?? '', data: JSON.parse(data) });
  }
}
