import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { readIds } from '../../canopsis/v4/body';
import { readSearchParams } from '../../nest/search-params.decorator';
import { readV4Body } from '../../nest/v4-body.decorator';

/**
 * The ids that a bulk is to remove: the `ids[]` of the query, or those of a JSON body where there are none.
 * @throws V4Error 400
 */
export const V4Ids = createParamDecorator((_data: unknown, context: ExecutionContext): string[] => {
  const request = context.switchToHttp().getRequest<IncomingMessage & { url: string }>();
  const ids = readSearchParams(request).getAll('ids[]');
  return ids.length > 0 ? ids : readIds(readV4Body(request));
});
