const CHANGING = Symbol('heartbeat changing call');

/** Says of a handler of GET that it changes something all the same. */
export const ChangingCall =
  (): MethodDecorator =>
  (_prototype, _name, { value }) =>
    Reflect.defineMetadata(CHANGING, true, value as object);

/** Whether a handler changes something, whatever its method. */
export const isChangingCall = (handler: object): boolean => Reflect.getMetadata(CHANGING, handler) === true;
