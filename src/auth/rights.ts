/** What a user may be let do: with heartbeats, and sending events. */
export const RIGHTS = ['create', 'read', 'update', 'delete', 'event'] as const;
export type Right = (typeof RIGHTS)[number];

/** Those of who may only look. */
export const READ_ONLY: readonly Right[] = ['read'];

/** Who may do what, as far as it is said. */
export interface Permitted {
  /** Default: all. */
  readonly rights?: readonly Right[];
  /** true: `read` alone, where no `rights` are given. */
  readonly readOnly?: boolean;
}

/** @returns all rights of a user */
export const rightsOf = ({ rights, readOnly }: Permitted): readonly Right[] =>
  rights ?? (readOnly === true ? READ_ONLY : RIGHTS);

/** What a call needs: one of these rights; none at all where it is open to every user. */
export type Needed = readonly Right[];

const BY_METHOD: Readonly<Record<string, Needed>> = {
  GET: ['read'],
  HEAD: ['read'],
  POST: ['create'],
  PUT: ['update'],
  DELETE: ['delete'],
};
/** What no route has: whoever may change nothing need not know. */
const OTHERWISE: Needed = ['create', 'update', 'delete'];

const NEEDED = Symbol('heartbeat needed rights');

/** Says of a handler that its right is not the one of its method. */
export const Needs =
  (...rights: Right[]): MethodDecorator =>
  (_prototype, _name, { value }) =>
    Reflect.defineMetadata(NEEDED, rights, value as object);

/** @returns what a handler says that it needs; otherwise what its method stands for */
export const neededBy = (handler: object, method: string): Needed =>
  (Reflect.getMetadata(NEEDED, handler) as Needed | undefined) ?? neededFor(method);

/**
 * What a request needs, as far as its first line tells. The guard of the handler has the last word: a path can be written
 * in several ways.
 * @param method in capitals
 * @param path without its query
 */
export function neededFor(method: string, path = ''): Needed {
  if (/\/(account\/me|heartbeat-session\/?)$/.test(path)) return [];
  if (/\/heartbeat-match\/?$/.test(path)) return ['read'];
  if (method === 'POST' && /\/event\/?$/.test(path)) return ['event'];
  if (method === 'DELETE' && /\/heartbeat\/[^/]+\/pause\/?$/.test(path)) return ['update'];
  if (/\/ping(-url)?\/?$/.test(path)) return ['event'];
  return BY_METHOD[method] ?? OTHERWISE;
}

/** Whether a user has what a call needs. */
export const mayCall = (user: Permitted, needed: Needed): boolean =>
  needed.length === 0 || needed.some((right) => rightsOf(user).includes(right));
