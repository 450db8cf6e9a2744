import type { ValidationArguments, ValidationOptions } from 'class-validator';
import { CONTENT_FIELDS } from '../../domain/heartbeat-fields';
import { MAX_INTERVAL_SECONDS, intervalSeconds } from '../../domain/interval';
import { Pattern, isNewPattern, isText, patternProblem } from '../../domain/pattern';
import { IsOptional, ValidateBy } from '../../util/class-validator';

/** @param problem what is wrong with a value that is refused; it follows the field's name */
const rule =
  (name: string, validate: (value: unknown) => boolean, problem: (value: unknown) => string) =>
  (options?: ValidationOptions): PropertyDecorator => {
    const defaultMessage = (given?: ValidationArguments): string =>
      `${given?.property} ${problem(given?.value)}`;
    return ValidateBy({ name, validator: { validate, defaultMessage } }, options);
  };

const IsPattern = rule('isPattern', isNewPattern, (value) => patternProblem(value) ?? 'is invalid');
const IsInterval = rule(
  'isInterval',
  (value) => intervalSeconds(value) !== undefined,
  () => `must be a whole number above 0 with s, m or h, at most ${MAX_INTERVAL_SECONDS / 3600}h, as a text`,
);
const IsText = rule('isText', isText, (value) =>
  typeof value === 'string' ? 'must not hold half a surrogate pair' : 'must be a text',
);

/** The body of POST and PUT (contract, "A valid body"). `null` counts as absent in the four texts. */
export class HeartbeatDto {
  @IsPattern()
  readonly pattern!: Pattern;

  @IsInterval()
  readonly expected_interval!: string;

  @IsOptional()
  @IsText()
  readonly author?: string | null;

  @IsOptional()
  @IsText()
  readonly name?: string | null;

  @IsOptional()
  @IsText()
  readonly description?: string | null;

  @IsOptional()
  @IsText()
  readonly output?: string | null;

  /** Takes the fields that a heartbeat has; others are ignored, as the contract says. */
  constructor(body: Partial<Record<keyof HeartbeatDto, unknown>>) {
    Object.assign(this, Object.fromEntries(CONTENT_FIELDS.map((field) => [field, body[field]])));
  }
}
