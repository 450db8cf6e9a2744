import { Decimal128, type Double } from 'bson';
import { CommandError } from '../errors';

const TYPE_ORDER = 10;
/** What a number has beyond its nearest double is counted in whole numbers up to this. */
const MOST = 16_000n;

/**
 * The key of a number: the place of its type in the order of types; the nearest double, with its bits turned so that bytes
 * compare as numbers do; and what the number has beyond it. That is twice a whole number, as int64 need it; or an odd number,
 * and after it the exact rest.
 * @throws CommandError NotImplemented for a Decimal128 that is too large or too small for a double
 */
export function numberKey(value: number | bigint | Double | Decimal128): Buffer {
  const double = Number(value instanceof Decimal128 ? value.toString() : value);
  // Of the pool: memory of its own takes longer to get, and to give back, than the rest of this.
  const key = Buffer.allocUnsafe(11).fill(0);
  key[0] = TYPE_ORDER;
  if (Number.isNaN(double)) return key;
  key.writeDoubleBE(double === 0 ? 0 : double, 1);
  if (double < 0) for (let at = 1; at < 9; at++) key[at] = ~(key[at] as number);
  else key[1] = (key[1] as number) | 0x80;
  const [beyond, exact] =
    value instanceof Decimal128 ? decimalRest(value, double) : [wholeRest(value, double)];
  key.writeInt16BE(beyond, 9);
  key[9] = (key[9] as number) ^ 0x80;
  return exact ? Buffer.concat([key, exact]) : key;
}

function wholeRest(value: number | bigint | Double, double: number): number {
  return typeof value === 'bigint' ? 2 * Number(value - BigInt(double)) : 0;
}

/** MongoDB compares a double with a Decimal128 by its first 34 digits. */
function decimalRest(value: Decimal128, double: number): [number, Buffer?] {
  const text = value.toString();
  if (/^-?(Infinity$|0*(\.0*)?(E|$))/i.test(text)) return [0];
  if (double === 0 || !Number.isFinite(double))
    throw new CommandError(
      'NotImplemented',
      `the Decimal128 ${text}, which no double is near to, is not supported`,
    );
  const own = digitsOf(text);
  const near = digitsOf(double.toPrecision(34));
  const unit = near.exponent - 2;
  const rest =
    own.digits * 10n ** BigInt(own.exponent - unit) - near.digits * 10n ** BigInt(near.exponent - unit);
  const one = 10n ** BigInt(Math.max(0, -unit));
  const units = rest * 10n ** BigInt(Math.max(0, unit));
  const whole = units / one - (units < 0n && units % one !== 0n ? 1n : 0n);
  if (units % one === 0n && whole >= -MOST && whole <= MOST) return [2 * Number(whole)];
  const exact = Buffer.alloc(16);
  const moved = rest + (1n << 127n);
  exact.writeBigUInt64BE(moved >> 64n, 0);
  exact.writeBigUInt64BE(BigInt.asUintN(64, moved), 8);
  const limited = whole > MOST ? MOST : whole < -MOST ? -MOST - 1n : whole;
  return [2 * Number(limited) + 1, exact];
}

/** A decimal number is its digits times ten to the exponent. */
function digitsOf(decimal: string): { digits: bigint; exponent: number } {
  const [mantissa = '', exponent = '0'] = decimal.toLowerCase().split('e');
  const [whole, fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}
