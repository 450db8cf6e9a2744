import type { IncomingMessage } from 'node:http';

/** A framework's request: Express's is Node's own, Fastify's wraps it. */
export type FrameworkRequest = IncomingMessage | { readonly raw?: unknown };

/** @returns Node's own request, which both frameworks have, and which stays the same object all the way */
export const nodeRequest = (request: FrameworkRequest): IncomingMessage =>
  ('raw' in request && request.raw ? request.raw : request) as IncomingMessage;
