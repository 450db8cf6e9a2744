import type { ValidationError, ValidatorOptions } from 'class-validator';
import { Validator } from 'class-validator/cjs/validation/Validator.js';

/*
 * What this product uses of class-validator, each from its own file: the package as a whole also loads a hundred other rules
 * and the telephone numbers of all countries, a tenth of the processor time that loading the application takes
 * (class-validator 0.14 and 0.15, whose package.json names no exports, so that their files may be asked for).
 */
export { IsIn } from 'class-validator/cjs/decorator/common/IsIn.js';
export { IsOptional } from 'class-validator/cjs/decorator/common/IsOptional.js';
export { ValidateBy } from 'class-validator/cjs/decorator/common/ValidateBy.js';
export { Max } from 'class-validator/cjs/decorator/number/Max.js';
export { Min } from 'class-validator/cjs/decorator/number/Min.js';
export { MaxLength } from 'class-validator/cjs/decorator/string/MaxLength.js';
export { MinLength } from 'class-validator/cjs/decorator/string/MinLength.js';
export { IsInt } from 'class-validator/cjs/decorator/typechecker/IsInt.js';
export { IsString } from 'class-validator/cjs/decorator/typechecker/IsString.js';
export { getMetadataStorage } from 'class-validator/cjs/metadata/MetadataStorage.js';
export { ValidationTypes } from 'class-validator/cjs/validation/ValidationTypes.js';

const validator = new Validator();

/** @returns the rules of its class that the object breaks, with their properties; none where it keeps all of them */
export const validateSync = (object: object, options?: ValidatorOptions): ValidationError[] =>
  validator.validateSync(object, options);
