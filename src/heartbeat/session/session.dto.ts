import { Injectable, type PipeTransform } from '@nestjs/common';
import { invalidPayload } from '../../canopsis/canopsis-error';
import { IsString, MaxLength, MinLength, validateSync } from '../../util/class-validator';
import { isJsonObject } from '../../util/json-object';

/** Longer ones than a header could hold are nobody's. */
const LONGEST = 1_000;

/** The body of a log-in. */
export class SessionDto {
  @IsString()
  @MinLength(1)
  @MaxLength(LONGEST)
  readonly name!: string;

  @IsString()
  @MaxLength(LONGEST)
  readonly password!: string;

  /** Takes the fields that a log-in has; others are ignored. */
  constructor(body: Partial<Record<keyof SessionDto, unknown>>) {
    const { name, password } = body;
    Object.assign(this, { name, password });
  }
}

/** It tells nothing of what was sent. */
const PROBLEM = `name and password must be texts of at most ${LONGEST} characters, name not empty`;

/** Turns a parsed JSON body into a valid {@link SessionDto}, or throws `invalid session payload.` */
@Injectable()
export class SessionBodyPipe implements PipeTransform<unknown, SessionDto> {
  transform(body: unknown): SessionDto {
    if (!isJsonObject(body)) throw invalidPayload('session', PROBLEM);
    const dto = new SessionDto(body);
    if (validateSync(dto, { stopAtFirstError: true }).length > 0) throw invalidPayload('session', PROBLEM);
    return dto;
  }
}
