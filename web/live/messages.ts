/** A message of an event stream. */
export interface Message {
  event: string;
  data: string;
}

/**
 * Reads the messages out of the text of a `text/event-stream` as it comes. Fields other than `event` and `data` are not
 * needed here, and skipped.
 */
export class MessageReader {
  private rest = '';

  /** @returns the messages that this piece completes */
  push(piece: string): Message[] {
    const blocks = (this.rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.map(messageOf).filter((message) => message !== undefined);
  }
}

function messageOf(block: string): Message | undefined {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const [, field, value] = /^(event|data): ?(.*)$/.exec(line) ?? [];
    if (field === 'event') event = value ?? '';
    if (field === 'data') data.push(value ?? '');
  }
  return data.length === 0 ? undefined : { event, data: data.join('\n') };
}
