import { Controller, Type, VERSION_NEUTRAL } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants';

/** Where the routes of a module are, and what the host wants said of them. */
export interface MountOptions {
  /** Path before `heartbeat`, without the host's global prefix. Default: `api/v2`. */
  readonly prefix?: string;
  /** Put on each controller, for example `SetMetadata('isPublic', true)` for a global guard of the host. Default: none. */
  readonly decorators?: readonly ClassDecorator[];
}

/**
 * A module's own copy of a controller, below the module's prefix, so that two modules in one application can have
 * different ones. The host's versioning does not move it.
 */
export function mounted<T extends Type<object>>(
  controller: T,
  { prefix = '', decorators = [] }: MountOptions,
): T {
  const path = Reflect.getMetadata(PATH_METADATA, controller) as string;
  const Mounted = class extends (controller as Type<object>) {};
  Object.defineProperty(Mounted, 'name', { value: controller.name });
  const whole = `${prefix}/${path}`.split('/').filter((part) => part !== '');
  Controller({ path: whole.join('/'), version: VERSION_NEUTRAL })(Mounted);
  for (const decorate of decorators) decorate(Mounted);
  return Mounted as T;
}
