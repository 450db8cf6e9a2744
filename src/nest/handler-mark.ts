/** Something that can be said of a handler, or not. */
export interface HandlerMark {
  /** Says it. */
  readonly mark: () => MethodDecorator;
  /** Whether it was said. */
  readonly isOn: (handler: object) => boolean;
}

/** @param name for whoever looks at the handler's metadata */
export function handlerMark(name: string): HandlerMark {
  const key = Symbol(name);
  return {
    mark:
      () =>
      (_prototype, _name, { value }) =>
        Reflect.defineMetadata(key, true, value as object),
    isOn: (handler) => Reflect.getMetadata(key, handler) === true,
  };
}
