import { IsOptional, ValidateBy, ValidationOptions } from 'class-validator';
import { intervalSeconds } from '../interval';
import { Pattern, isPattern, isText } from '../pattern';

const rule =
  (name: string, validate: (value: unknown) => boolean) =>
  (options?: ValidationOptions): PropertyDecorator =>
    ValidateBy({ name, validator: { validate } }, options);

const IsPattern = rule('isPattern', isPattern);
const IsInterval = rule('isInterval', (value) => intervalSeconds(value) !== undefined);
const IsText = rule('isText', isText);

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
    const { pattern, expected_interval, author, name, description, output } = body;
    Object.assign(this, { pattern, expected_interval, author, name, description, output });
  }
}
