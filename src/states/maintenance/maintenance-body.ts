import { Injectable, PipeTransform } from '@nestjs/common';
import { invalidPayload } from '../../canopsis/canopsis-error';
import { type Maintenance, SCHEDULE_FIELDS, readMaintenance } from '../../domain/maintenance';
import { isJsonObject, unknownField } from '../../util/json-object';

const FIELDS = ['name', 'pattern', ...SCHEDULE_FIELDS];
const ANSWERED = ['_id', 'created', 'updated', 'next'];

/**
 * Reads the body of a maintenance window. What a window is answered with may be sent back; other fields are refused, since a misspelled
 * `pattern` would make it a window for all heartbeats.
 * @throws CanopsisError 400 `invalid maintenance payload.`
 */
@Injectable()
export class MaintenanceBodyPipe implements PipeTransform<unknown, Maintenance> {
  transform(body: unknown): Maintenance {
    const unknown = isJsonObject(body) ? unknownField(body, [...FIELDS, ...ANSWERED]) : undefined;
    if (unknown !== undefined)
      throw invalidPayload('maintenance', `there is no field ${unknown}: a window has ${FIELDS.join(', ')}`);
    const window = readMaintenance(body);
    if ('problem' in window) throw invalidPayload('maintenance', window.problem);
    return window;
  }
}
