import {
  type V4Error,
  idsNotFound,
  invalidFields,
  invalidRequest,
  invalidStructure,
  notFound,
  pageOutOfRange,
} from '../canopsis/v4/v4-error';

const ID = 'eaadc64a-a0ef-4c5c-8453-a45e574fd5ca';

/** The errors that version 4 alone has, by the name of their example. */
export const V4_ERRORS = {
  InvalidStructure: {
    error: invalidStructure('pattern must be an object'),
    when: 'What was sent is no JSON, or JSON of another shape; a parameter is of another type.',
  },
  InvalidFields: {
    error: invalidFields({ name: 'Name is missing.', pattern: 'Pattern already exists' }),
    when: 'All that is wrong with the fields, one text for each; those of a bulk begin with the number of the item.',
  },
  InvalidItems: {
    error: invalidRequest('Items is missing.'),
    when: 'There are no items, or the body was not sent as `application/json`.',
  },
  InvalidIds: { error: invalidRequest('IDs is missing.'), when: 'There are no ids.' },
  InvalidSorting: {
    error: invalidRequest('sort must be one of [asc desc]'),
    when: 'A parameter has another value than it may have.',
  },
  PageOutOfRange: { error: pageOutOfRange(), when: 'There are not so many pages.' },
  NotFound: { error: notFound(), when: 'No heartbeat has this id.' },
  IdsNotFound: { error: idsNotFound([ID]), when: 'No heartbeats have these ids.' },
} satisfies Record<string, { error: V4Error; when: string }>;

export type V4ErrorName = keyof typeof V4_ERRORS;
