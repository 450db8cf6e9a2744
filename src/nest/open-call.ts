const OPEN = Symbol('heartbeat open call');

/** Says of a handler that it needs no credentials. */
export const OpenCall =
  (): MethodDecorator =>
  (_prototype, _name, { value }) =>
    Reflect.defineMetadata(OPEN, true, value as object);

/** Whether a handler needs no credentials. */
export const isOpenCall = (handler: object): boolean => Reflect.getMetadata(OPEN, handler) === true;
