import { Injectable, PipeTransform } from '@nestjs/common';
import { invalidPayload } from '../../canopsis/canopsis-error';
import { type Maintenance, readMaintenance } from '../../domain/maintenance';

/**
 * Reads the body of a maintenance window. Other fields are ignored.
 * @throws CanopsisError 400 `invalid maintenance payload.`
 */
@Injectable()
export class MaintenanceBodyPipe implements PipeTransform<unknown, Maintenance> {
  transform(body: unknown): Maintenance {
    const window = readMaintenance(body);
    if ('problem' in window) throw invalidPayload('maintenance', window.problem);
    return window;
  }
}
