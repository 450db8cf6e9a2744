import { Injectable, PipeTransform } from '@nestjs/common';
import type { HeartbeatDto } from './heartbeat.dto';
import { validHeartbeat } from './valid-heartbeat';

/** Turns a parsed JSON body into a valid {@link HeartbeatDto}, or throws `invalid heartbeat payload.` */
@Injectable()
export class HeartbeatBodyPipe implements PipeTransform<unknown, HeartbeatDto> {
  transform(body: unknown): HeartbeatDto {
    return validHeartbeat(body);
  }
}
