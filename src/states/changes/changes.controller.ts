import { Controller, type MessageEvent, Req, Res, Sse, UseFilters, UseGuards } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Observable } from 'rxjs';
import { BasicAuthGuard } from '../../auth/basic-auth.guard';
import { type Caller, CallerOf } from '../../nest/caller.decorator';
import { CanopsisExceptionFilter } from '../../nest/canopsis-exception.filter';
import { AnyResponse } from '../../nest/any-response';
import { markLongLived } from '../../nest/long-lived';
import { RawQuery } from '../../nest/raw-query.decorator';
import { Described } from '../../openapi/described';
import { CHANGES } from './changes.description';
import { ChangesQueryPipe } from './changes-query';
import { ChangeStreams } from './change-streams';

/** What may wait for a client that does not read, in characters; then its connection is cut. */
const MOST_PENDING = 256 * 1_024;

/** `GET heartbeat-changes` below the module's prefix: what changes, as it happens. */
@Controller('heartbeat-changes')
@UseGuards(BasicAuthGuard)
@UseFilters(CanopsisExceptionFilter)
@Described(CHANGES)
export class ChangesController {
  constructor(private readonly streams: ChangeStreams) {}

  @Sse('', { maxPendingDataLength: MOST_PENDING })
  async changes(
    @CallerOf() { user }: Caller,
    @Req() request: IncomingMessage,
    @Res({ passthrough: true }) response: AnyResponse,
    @RawQuery(ChangesQueryPipe) after: number | undefined,
  ): Promise<Observable<MessageEvent>> {
    const { headers, method } = request;
    const stream = await this.streams.open({ user, headers, after, once: method === 'HEAD' });
    markLongLived(response);
    return stream;
  }
}
