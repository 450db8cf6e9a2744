import type { DialectName } from '../../domain/dialect';
import { SORT_FIELDS } from '../../domain/heartbeat-fields';
import { type AccountForm, accountOf42, accountOf43 } from './account';

/** All in which the two generations of version 4 differ. */
export interface V4Generation {
  /** true: whatever is sent as `author`, the caller's name is stored. */
  readonly authorIsCaller: boolean;
  /** Whether a list's `search` looks at ids too. */
  readonly searchesIds: boolean;
  /** Who the caller is said to be. */
  readonly account: AccountForm;
  /** @returns what is wrong with the id that a client gives, if anything */
  idProblem(id: string): string | undefined;
  readonly texts: {
    readonly nameExists: string;
    readonly patternExists: string;
    readonly sort: string;
    readonly sortBy: string;
  };
}

/** The longest id and the longest text, in code points. */
export const MAX_TEXT_LENGTH = 255;

/** The number of a text's code points. */
export const lengthOf = (text: string): number => Array.from(text).length;

const SORT = 'sort must be one of [asc desc]';
const SORT_BY = `SortBy must be one of [${SORT_FIELDS.join(' ')}]`;

/** Canopsis 4.2, and the API beside the older dialects. */
export const CANOPSIS_4_2: V4Generation = {
  authorIsCaller: false,
  searchesIds: false,
  account: accountOf42,
  idProblem: (id) => (lengthOf(id) > MAX_TEXT_LENGTH ? 'ID should be 255 or less.' : undefined),
  texts: {
    nameExists: 'Name already exists',
    patternExists: 'Pattern already exists',
    sort: SORT,
    sortBy: SORT_BY,
  },
};

/** Canopsis 4.3. */
export const CANOPSIS_4_3: V4Generation = {
  authorIsCaller: true,
  searchesIds: true,
  account: accountOf43,
  idProblem: (id) =>
    /[/?.$]/.test(id) || Buffer.byteLength(id) > MAX_TEXT_LENGTH
      ? 'ID cannot contain /?.$ characters.'
      : undefined,
  texts: {
    nameExists: 'Name already exists.',
    patternExists: 'Pattern already exists.',
    sort: `${SORT}.`,
    sortBy: `${SORT_BY} or empty.`,
  },
};

/** @returns the generation that goes with a dialect of version 2 */
export const v4GenerationOf = (dialect: DialectName): V4Generation =>
  dialect === 'canopsis-4.3' ? CANOPSIS_4_3 : CANOPSIS_4_2;
