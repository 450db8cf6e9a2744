import { Transform } from 'class-transformer';
import { SORT_FIELDS, type SortField } from '../../domain/heartbeat-fields';
import { IsIn, IsInt, IsString, Max, MaxLength, Min } from '../../util/class-validator';
import { MAX_SEARCH_LENGTH } from '../search';

/** More digits than any list has pages; a number of that many is still exact. */
const MOST_DIGITS = 15;
const DIGITS = new RegExp(`^[0-9]{1,${MOST_DIGITS}}$`);

/** Only plain digits are a number here: not `1e3`, `0x10`, ` 7` or the empty text. */
const wholeNumber = ({ value }: { value: unknown }): unknown =>
  typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;

/** The page of a list that is asked for (contract, "Paging"). */
export class ListQueryDto {
  @Transform(wholeNumber)
  @IsInt()
  @Min(1)
  @Max(10 ** MOST_DIGITS - 1)
  readonly page: number = 1;

  @Transform(wholeNumber)
  @IsInt()
  @Min(1)
  @Max(1000)
  readonly limit: number = 10;

  @IsString()
  @MaxLength(MAX_SEARCH_LENGTH)
  readonly search: string = '';

  @IsIn(['asc', 'desc'])
  readonly sort: 'asc' | 'desc' = 'desc';

  @IsIn(SORT_FIELDS)
  readonly sort_by: SortField = 'created';
}
