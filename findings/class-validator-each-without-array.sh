#!/usr/bin/env bash
# Good guess: @IsInt({ each: true }) is for arrays of integers, so 5 alone is refused ("each value in … must be …").
# What happens: a value that is no array, set or map is checked as if each were not there: 5 passes. A handler that goes
#   on with .map or for…of fails on a body that was validated; @IsArray has to stand beside it.
# Seen with: class-validator 0.15.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages class-validator@0.15.1 reflect-metadata@0.2.2
cat >run.cjs <<'JS'
const assert = require('assert');
const { IsInt, IsArray, validateSync } = require('class-validator');
class Alone {}
IsInt({ each: true })(Alone.prototype, 'ports');
class WithArray {}
IsArray()(WithArray.prototype, 'ports');
IsInt({ each: true })(WithArray.prototype, 'ports');
const errors = (Dto, ports) => validateSync(Object.assign(new Dto(), { ports })).length;
const seen = { five: errors(Alone, 5), list: errors(Alone, [5]), text: errors(Alone, ['5']), fiveWithIsArray: errors(WithArray, 5) };
console.log('errors', seen);
assert.deepStrictEqual(seen, { five: 0, list: 0, text: 1, fiveWithIsArray: 1 });
JS
node run.cjs
