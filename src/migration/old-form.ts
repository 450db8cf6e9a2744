import { mongo } from 'mongoose';

/** A mapping and its item's maxduration, as the pattern and the interval that they stand for; neither is checked. */
export interface OldRule {
  readonly pattern: unknown;
  readonly expected_interval: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** The document of the collection `configuration` that held the heartbeats of Canopsis 3.4 to 3.7, with all else that is set there. */
const CONFIGURATION_ID = 'global_config';
const NANOSECONDS = 1_000_000_000;
/** A duration with several units, as Go writes it: `1h30m0s`. */
const COMPOUND = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$/;

/**
 * Reads the forms of before Canopsis 3.8: an item, `{"mappings":[{…}],"maxduration":"10s"}`, whose every mapping is a rule, or the
 * document `global_config`, which has such items at any place in it.
 * @returns the rules, each a text that says what is wrong where an item or the document has none; undefined for another form
 */
export function oldRulesIn(document: Fields): (OldRule | string)[] | undefined {
  if ('pattern' in document) return undefined;
  if (isItem(document)) return rulesOf(document);
  if (document._id !== CONFIGURATION_ID) return undefined;
  const rules = itemsIn(document).flatMap(rulesOf);
  return rules.length > 0 ? rules : [`nothing in ${CONFIGURATION_ID} has mappings and a maxduration`];
}

const isItem = (fields: Fields): boolean => 'mappings' in fields || 'maxduration' in fields;

/** @returns the items at any place in a document, in their order. Not by recursion: it may be as deep as it likes. */
function itemsIn(document: Fields): Fields[] {
  const items: Fields[] = [];
  const rest: object[] = [document];
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    if (isItem(value as Fields)) items.push(value as Fields);
    else for (const each of Object.values(value).reverse()) if (isObject(each)) rest.push(each);
  }
  return items;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function rulesOf({ mappings, maxduration }: Fields): (OldRule | string)[] {
  if (!Array.isArray(mappings) || mappings.length === 0)
    return ['mappings must be an array of patterns, with at least one'];
  const expected_interval = intervalOf(maxduration);
  return mappings.map((pattern: unknown) => ({ pattern, expected_interval }));
}

/** @returns as the API has it, where it is a duration as Go writes one, or in nanoseconds; anything else as it is */
function intervalOf(maxduration: unknown): unknown {
  if (typeof maxduration === 'string') {
    const parts = COMPOUND.exec(maxduration)?.slice(1) ?? [];
    if (parts.filter((part) => part !== undefined).length < 2) return maxduration;
    const [hours, minutes, seconds] = parts.map((part) => Number(part ?? 0));
    return `${((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)}s`;
  }
  const number = numberOf(maxduration);
  return number !== undefined && number > 0 && number % NANOSECONDS === 0
    ? `${number / NANOSECONDS}s`
    : maxduration;
}

/** @param value a number, as JSON has it or as MongoDB's extended JSON */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  try {
    const { plain } = mongo.BSON.EJSON.deserialize({ plain: value }) as { plain: unknown };
    return typeof plain === 'number' ? plain : undefined;
  } catch {
    return undefined;
  }
}
