import { ExecutionContext, createParamDecorator } from '@nestjs/common';

/**
 * The query of a request, for a pipe of ours to read. Unlike Nest's `Query`, no global pipe of the host touches it, so that
 * a wrong parameter is answered as the API contract says.
 */
export const RawQuery = createParamDecorator(
  (_data: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<{ query: unknown }>().query,
);
