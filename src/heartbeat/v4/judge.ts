import type { V4Item } from '../../canopsis/v4/body';
import type { V4Generation } from '../../canopsis/v4/generation';
import { idsNotFound, invalidFields, notFound, type V4Error } from '../../canopsis/v4/v4-error';
import { patternKey } from '../../domain/pattern';
import type { Holder, Holders, Wanted } from './holders';

/** Some heartbeats that are to be created, or to replace those with their ids. */
export interface Proposal {
  readonly kind: 'create' | 'replace';
  readonly items: readonly V4Item[];
  /** false: there is one item, and errors name its fields alone. */
  readonly bulk: boolean;
}

/** What is to be said of a proposal. */
export interface Verdict {
  /** Why it is refused; undefined where it is not. */
  readonly refusal: V4Error | undefined;
  /** The stored heartbeats that it depends on, whose own change may not be decided yet. */
  readonly dependsOn: readonly Holder[];
}

/** @returns what a proposal needs to know of the stored heartbeats */
export const wantedBy = ({ items }: Proposal): Wanted => ({
  ids: distinct(items.map(({ id }) => id)),
  names: distinct(items.map(({ name }) => name)),
  patternKeys: distinct(items.map(({ heartbeat }) => heartbeat && patternKey(heartbeat.pattern))),
});

/** Holds a proposal against the stored heartbeats, in the contract's order: the first check that fails is told. */
export function judge(proposal: Proposal, holders: Holders, { texts }: V4Generation): Verdict {
  const hearing = { ...proposal, holders, texts, dependsOn: [] };
  const refusal =
    judgeFields(hearing) ?? judgeUnknown(hearing) ?? judgeRepeated(hearing) ?? judgePatterns(hearing);
  return { refusal, dependsOn: hearing.dependsOn };
}

interface Hearing extends Proposal {
  readonly holders: Holders;
  readonly texts: V4Generation['texts'];
  readonly dependsOn: Holder[];
}

const ID_EXISTS = 'ID already exists';

/** What is wrong with fields, one text for each. */
class Errors {
  private readonly errors: Record<string, string> = {};

  constructor(private readonly bulk: boolean) {}

  say(index: number, field: string, text: string): void {
    this.errors[this.bulk ? `${index}.${field}` : field] ??= text;
  }

  get refusal(): V4Error | undefined {
    return Object.keys(this.errors).length > 0 ? invalidFields(this.errors) : undefined;
  }
}

const selfOf = ({ kind, holders }: Hearing, id: string | undefined): Holder | undefined =>
  kind === 'replace' && id !== undefined ? holders.byId.get(id) : undefined;

/** What the bodies say, and names and new ids that others have, or earlier items. */
function judgeFields(hearing: Hearing): V4Error | undefined {
  const { kind, items, bulk, holders, texts, dependsOn } = hearing;
  const errors = new Errors(bulk);
  const names = new Set<string>();
  const ids = new Set<string>();
  for (const [index, { id, name, problems }] of items.entries()) {
    for (const [field, text] of Object.entries(problems)) errors.say(index, field, text);
    const self = selfOf(hearing, id);
    if (self) dependsOn.push(self);
    // A name may always be kept, also where version 2 gave it to a second heartbeat.
    if (name !== undefined && self?.name !== name) {
      const others = holders.byName.get(name)?.filter(({ _id }) => _id !== self?._id) ?? [];
      dependsOn.push(...others);
      if (others.length > 0 || names.has(name)) errors.say(index, 'name', texts.nameExists);
    }
    if (name !== undefined) names.add(name);
    if (kind !== 'create' || id === undefined) continue;
    const holder = holders.byId.get(id);
    if (holder) dependsOn.push(holder);
    if (holder || ids.has(id)) errors.say(index, '_id', ID_EXISTS);
    ids.add(id);
  }
  return errors.refusal;
}

function judgeUnknown(hearing: Hearing): V4Error | undefined {
  if (hearing.kind === 'create') return undefined;
  const unknown = hearing.items.flatMap(({ id = '' }) => (selfOf(hearing, id) ? [] : [id]));
  if (unknown.length === 0) return undefined;
  return hearing.bulk ? idsNotFound(unknown) : notFound();
}

/** Ids that are to be replaced a second time. */
function judgeRepeated({ items, bulk }: Hearing): V4Error | undefined {
  const errors = new Errors(bulk);
  const ids = new Set<string>();
  for (const [index, { id }] of items.entries()) {
    if (id === undefined) continue;
    if (ids.has(id)) errors.say(index, '_id', ID_EXISTS);
    ids.add(id);
  }
  return errors.refusal;
}

/** Patterns of others as they are afterwards: what the same bulk replaces has given its own up, or is an item itself. */
function judgePatterns({ kind, items, bulk, holders, texts, dependsOn }: Hearing): V4Error | undefined {
  const errors = new Errors(bulk);
  const replaced = new Set(kind === 'replace' ? items.map(({ id }) => id) : []);
  const patterns = new Set<string>();
  let existing: string | undefined;
  for (const [index, { heartbeat }] of items.entries()) {
    if (heartbeat === undefined) continue;
    const key = patternKey(heartbeat.pattern);
    const holder = holders.byPatternKey.get(key);
    const other = holder !== undefined && !replaced.has(holder._id);
    if (other) {
      dependsOn.push(holder);
      existing ??= holder._id;
    }
    if (other || patterns.has(key)) errors.say(index, 'pattern', texts.patternExists);
    patterns.add(key);
  }
  return errors.refusal && Object.assign(errors.refusal, { existing });
}

const distinct = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value) => value !== undefined)),
];
