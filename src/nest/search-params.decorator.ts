import { ExecutionContext, createParamDecorator } from '@nestjs/common';
import { queryOf } from './query-of';

/**
 * The query of a request as it was sent. Frameworks, and hosts, make different things of repeated parameters and of brackets
 * in their names.
 */
export const SearchParams = createParamDecorator(
  (_data: unknown, context: ExecutionContext): URLSearchParams =>
    readSearchParams(context.switchToHttp().getRequest()),
);

/** See {@link SearchParams}. */
export const readSearchParams = ({
  originalUrl,
  url,
}: {
  originalUrl?: string;
  url: string;
}): URLSearchParams => new URLSearchParams(queryOf(originalUrl ?? url));
