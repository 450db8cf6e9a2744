import type { Document } from 'bson';
import { find } from 'mingo';
import { encode, isDocument, pick } from './documents';
import { CommandError } from './errors';
import { expression, typed, withPlainNumbers } from './expressions';

/** Makes the bytes of a result from a found document, which need not be decoded for most. */
export interface Projector {
  (found: { readonly raw: Buffer; readonly document: Document }): Buffer;
  /** Whether it does without the decoded document. */
  readonly rawOnly?: boolean;
}

/**
 * Compiles a projection (manual, "Project Fields to Return"). Whole fields are taken or left out byte for byte; paths and
 * computed fields are mingo's work, put back into the document's order.
 * @throws CommandError BadValue, NotImplemented
 */
export function projector(projection: Document): Projector {
  const entries = Object.entries(projection).map(([path, wanted]) => ({
    path,
    wanted: withPlainNumbers(wanted),
  }));
  if (entries.length === 0) return Object.assign(({ raw }: { raw: Buffer }) => raw, { rawOnly: true });
  if (entries.some(({ path }) => path.endsWith('.$') || path === '$'))
    throw new CommandError(
      'NotImplemented',
      'the positional projection is not supported by the embedded MongoDB',
    );
  const flags = entries.map(({ path, wanted }) => ({
    path,
    plain: !path.includes('.') && !isDocument(wanted) && typeof wanted !== 'string',
    on: Boolean(wanted),
  }));
  const others = flags.filter(({ path }) => path !== '_id');
  if (others.some(({ plain, on }) => plain && on !== others[0].on))
    throw new CommandError('BadValue', 'Cannot do inclusion and exclusion in one projection, but for _id');
  if (flags.every(({ plain }) => plain)) {
    const including = others.length > 0 ? others[0].on : flags[0].on;
    const named = new Map(flags.map(({ path, on }) => [path, on]));
    const keeps = (name: string): boolean => named.get(name) ?? (including ? name === '_id' : true);
    return Object.assign(({ raw }: { raw: Buffer }) => pick(raw, keeps), { rawOnly: true });
  }
  const spec = expression(projection) as Document;
  return ({ document }) => {
    const plain = withPlainNumbers(document) as Document;
    const [result] = find<Document>([plain], {}, spec, { scriptEnabled: false }).all();
    return encode(inOrder(typed(result, document), document) as Document);
  };
}

/** The fields in the order in which the source has them, new ones after them. */
function inOrder(value: unknown, source: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(source))
    return value.map((item, at) => inOrder(item, source[at]));
  if (!isDocument(value) || !isDocument(source)) return value;
  const names = [...Object.keys(source).filter((name) => Object.hasOwn(value, name)), ...Object.keys(value)];
  return Object.fromEntries(names.map((name) => [name, inOrder(value[name], source[name])]));
}
