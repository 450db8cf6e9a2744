import { randomBytes } from 'node:crypto';

/** What a client may call its request: short, and nothing that could be taken for anything else in a log. */
const ACCEPTABLE = /^[A-Za-z0-9._:-]{1,64}$/;

/** Names requests: as the client does, where that is acceptable, otherwise by a random text for the process and a number. */
export class RequestIds {
  private readonly prefix = `${randomBytes(6).toString('hex')}-`;
  private count = 0;

  /** @param given the client's header, if there is one */
  idFor(given: string | string[] | undefined): string {
    if (typeof given === 'string' && ACCEPTABLE.test(given)) return given;
    this.count += 1;
    return this.prefix + this.count.toString(36);
  }
}
