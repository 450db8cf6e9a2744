/** A file of heartbeats cannot be applied; the message says why, in lines that the operator can act on. */
export class ApplyError extends Error {
  override readonly name = 'ApplyError';
}
