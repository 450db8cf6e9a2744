import { Injectable, PipeTransform } from '@nestjs/common';
import { validateSync } from 'class-validator';
import { invalidPayload } from '../../canopsis/canopsis-error';
import { HeartbeatDto } from './heartbeat.dto';

/** Turns a parsed JSON body into a valid {@link HeartbeatDto}, or throws `invalid heartbeat payload.` */
@Injectable()
export class HeartbeatBodyPipe implements PipeTransform<unknown, HeartbeatDto> {
  transform(body: unknown): HeartbeatDto {
    if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalidPayload('heartbeat');
    const dto = new HeartbeatDto(body);
    if (validateSync(dto, { stopAtFirstError: true }).length > 0) throw invalidPayload('heartbeat');
    return dto;
  }
}
