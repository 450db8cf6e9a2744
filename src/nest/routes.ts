import { RequestMethod, Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner } from '@nestjs/core';
import { isOpenCall } from './open-call';

/** One route of a controller, as its decorators say it. */
export interface ControllerRoute {
  /** Path with its parameters as `:name`, and one slash before each part, e.g. `/api/v2/heartbeat/:id`. */
  readonly template: string;
  /** In capitals. */
  readonly method: string;
  /** Name of the method of the class that handles it. */
  readonly handler: string;
  /** Whether it needs no credentials. */
  readonly open: boolean;
}

/** @returns the path of a controller or a handler, as its decorator says it */
export const pathOf = (target: object): string =>
  (Reflect.getMetadata(PATH_METADATA, target) as string | undefined) ?? '';

/**
 * @param prefix path before that of the controller
 * @returns all routes of a controller, those of the classes it extends among them
 */
export function routesOf(controller: Type<object>, prefix = ''): ControllerRoute[] {
  const prototype = controller.prototype as Record<string, object>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
    const handler = prototype[name];
    const method = handler && (Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined);
    if (!handler || method === undefined) return [];
    const parts = `${prefix}/${pathOf(controller)}/${pathOf(handler)}`
      .split('/')
      .filter((part) => part !== '');
    return [
      {
        template: `/${parts.join('/')}`,
        method: RequestMethod[method],
        handler: name,
        open: isOpenCall(handler),
      },
    ];
  });
}
