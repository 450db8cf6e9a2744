import { Injectable, type PipeTransform } from '@nestjs/common';
import { invalidQueryParameter } from '../../canopsis/canopsis-error';

const SECONDS = /^[0-9]{1,15}(\.[0-9]{1,9})?$/;

/**
 * Reads from when on changes are wanted: `after`, unix seconds; undefined where it is absent or empty.
 * @throws CanopsisError 400 `invalid query parameter: after.`
 */
@Injectable()
export class ChangesQueryPipe implements PipeTransform<Record<string, unknown>, number | undefined> {
  transform({ after }: Record<string, unknown>): number | undefined {
    if (after === undefined || after === '') return undefined;
    if (typeof after !== 'string' || !SECONDS.test(after)) throw invalidQueryParameter('after');
    return Number(after);
  }
}
