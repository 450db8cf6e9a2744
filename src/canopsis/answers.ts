import { Header, HttpCode, applyDecorators } from '@nestjs/common';

/** What every answer says about caching. */
export const CACHE_CONTROL = 'private, no-cache';

/** The answer to a call that changed something: what was done, and the id it was done to. */
export interface DoneAnswer {
  name: string;
  description: string;
}

/** What can be done to a heartbeat, or to a maintenance window. */
export type Deed = 'created' | 'updated' | 'removed' | 'paused' | 'resumed';

/** What something can be done to. */
export type Thing = 'heartbeat' | 'maintenance';

/** @returns `{"name":"heartbeat <verb>","description":"<id>"}`, as both seeds have it */
export const done = (verb: Deed, id: string, thing: Thing = 'heartbeat'): DoneAnswer => ({
  name: `${thing} ${verb}`,
  description: id,
});

/** A page of a list, as Canopsis 4 answers it. */
export interface Page<T> {
  data: T[];
  meta: { page: number; per_page: number; page_count: number; total_count: number };
}

/**
 * Puts one page into its envelope.
 * @param page number of the page, from 1
 * @param limit items on a page
 * @param total items on all pages together
 */
export const pageOf = <T>(data: T[], page: number, limit: number, total: number): Page<T> => ({
  data,
  meta: { page, per_page: limit, page_count: Math.max(1, Math.ceil(total / limit)), total_count: total },
});

/** Marks a handler whose success is always this status, in version 2 always 200, and not to be cached. */
export const CanopsisAnswer = (status = 200): MethodDecorator =>
  applyDecorators(HttpCode(status), Header('Cache-Control', CACHE_CONTROL));
