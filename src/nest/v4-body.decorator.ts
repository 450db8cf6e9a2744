import { ExecutionContext, createParamDecorator } from '@nestjs/common';
import { bodyOf, keptBody } from './described-body';
import { type JsonWithText, type RequestWithBody, isJsonType, readJsonWithText } from './json-body.decorator';

/**
 * The parsed JSON body of a request; undefined where it is not sent as `application/json`: such a body is not read (contract:
 * API v4, "Errors").
 * @throws CanopsisError 400, which version 4 answers as `request has invalid structure`
 */
export const V4Body = createParamDecorator((_data: unknown, context: ExecutionContext): unknown =>
  readV4Body(context.switchToHttp().getRequest()),
);

/** The same with the text that it was read from. */
export const V4BodyWithText = createParamDecorator((_data: unknown, context: ExecutionContext) =>
  readV4WithText(context.switchToHttp().getRequest()),
);

/** See {@link V4Body}. */
export const readV4Body = (request: RequestWithBody): unknown => readV4WithText(request).value;

function readV4WithText(request: RequestWithBody): JsonWithText {
  const { contentType } = keptBody(request) ?? bodyOf(request, undefined);
  return isJsonType(contentType)
    ? readJsonWithText(request, 'heartbeat', { byteOrderMark: 'refused' })
    : { value: undefined };
}
