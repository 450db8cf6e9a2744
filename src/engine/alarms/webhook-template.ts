import type * as Mustache from 'mustache';
import type { OutboxEntry } from '../../states/outbox-fields';
import { errorText } from '../../util/error-text';

/** Longer templates are refused, in characters. */
const LONGEST_TEMPLATE = 65_536;
/** What is shown of an unknown name: something longer is no name, and may be a secret. */
const SHOWABLE_NAME = /^[\w.]{1,40}$/;
/** A text that is none any more where it is put into JSON, or into a form, as it stands. */
const AWKWARD = '"\\ \n\u2028\0{}[]&=+%,é😀';

/** What a template can name: the fields of the alarm event, and what is known beside it. */
const TEXTS = [
  ...(['connector', 'connector_name', 'event_type', 'component', 'resource', 'source_type'] as const),
  'output',
] as const;
const NUMBERS = ['state', 'timestamp'] as const;
const NAMES = [...TEXTS, ...NUMBERS, 'id', 'name', 'delivery', 'time', 'raised', 'resolved'] as const;

type AlarmEvent = Readonly<Record<(typeof TEXTS)[number], string> & Record<(typeof NUMBERS)[number], number>>;
type Fields = Readonly<Record<(typeof NAMES)[number], string | number | boolean>>;

/** The heartbeat that an alarm is about. */
interface Named {
  readonly id?: string;
  readonly name?: string;
}

type Token = readonly [type: string, name: string, start: number, end: number, inner?: Token[] | string];

/**
 * The body of a posted alarm, made from a template in the language Mustache, which runs no code: `{{output}}` is the field of that
 * name, escaped for where it stands: as the inside of a JSON string where the content type is JSON, percent-encoded in a form,
 * and as it is elsewhere. `{{#raised}}…{{/raised}}` and `{{#resolved}}…` are there for the one or the other alone, `{{^name}}…` where
 * there is no name.
 */
export class WebhookTemplate {
  private constructor(
    private readonly mustache: typeof Mustache,
    private readonly text: string,
    private readonly escape: (value: unknown) => string,
  ) {}

  /**
   * @param contentType what the body is
   * @throws Error `the template cannot be used: …`, without any of its text, which may hold a secret
   */
  static async of(text: string, contentType = 'application/json'): Promise<WebhookTemplate> {
    if (text.length > LONGEST_TEMPLATE) throw unusable(`it is longer than ${LONGEST_TEMPLATE} characters`);
    // Few have one, and nobody else loads the library.
    const { default: mustache } = await import('mustache');
    refuseUnknown(tokensOf(mustache, text));
    const template = new WebhookTemplate(mustache, text, escapeFor(contentType));
    if (isJson(contentType)) template.refuseInvalidJson();
    return template;
  }

  /** @param entry the alarm; its own body is the alarm event. @returns the body to post */
  render(entry: Pick<OutboxEntry, 'id' | 'body'>, heartbeat: Named = {}): string {
    return this.rendered(fieldsOf(JSON.parse(entry.body) as AlarmEvent, entry.id, heartbeat));
  }

  private rendered(fields: Fields): string {
    return this.mustache.render(this.text, fields, {}, { escape: this.escape });
  }

  /** Every alarm is raised or resolved, and of a heartbeat with a name or without; all else is always there. */
  private refuseInvalidJson(): void {
    for (const state of [3, 0]) {
      for (const name of [AWKWARD, undefined]) {
        if (isValidJson(this.rendered(fieldsOf(sample(state), 'id', { id: AWKWARD, name })))) continue;
        const which = `${state === 0 ? 'is resolved' : 'is raised'}, of a heartbeat with${name ? '' : 'out'} a name`;
        throw unusable(
          `it is not valid JSON for an alarm that ${which}: texts stand between quotation marks, as "{{output}}", not as {{{output}}}`,
        );
      }
    }
  }
}

const unusable = (why: string): Error => new Error(`the template cannot be used: ${why}`);

const sample = (state: number): AlarmEvent => ({
  ...{ connector: AWKWARD, connector_name: AWKWARD, event_type: AWKWARD, component: AWKWARD },
  ...{ resource: AWKWARD, source_type: AWKWARD, state, output: AWKWARD, timestamp: 1_700_000_000 },
});

function fieldsOf(event: AlarmEvent, delivery: string, { id = '', name = '' }: Named): Fields {
  const { state, timestamp } = event;
  const time = new Date(timestamp * 1_000).toISOString();
  return { ...event, id, name, delivery, time, raised: state !== 0, resolved: state === 0 };
}

function tokensOf(mustache: typeof Mustache, text: string): Token[] {
  try {
    return mustache.parse(text) as unknown as Token[];
  } catch (error) {
    // What it quotes is a part of the template.
    const said = errorText(error).replace(/ ".*"|: .*/s, '');
    throw unusable(said.replace(/ at (\d+)$/, ' at character $1'));
  }
}

/** An unknown name would be nothing in each alarm, without a word. */
function refuseUnknown(tokens: readonly Token[]): void {
  for (const [type, name, start, , inner] of tokens) {
    if (type === '>') throw unusable(`it includes another template, at character ${start}`);
    if (['name', '&', '#', '^'].includes(type) && !(NAMES as readonly string[]).includes(name)) {
      const shown = SHOWABLE_NAME.test(name) ? `{{${name}}}` : 'a name';
      throw unusable(`${shown}, at character ${start}, is none of ${NAMES.join(', ')}`);
    }
    if (Array.isArray(inner)) refuseUnknown(inner);
  }
}

const isJson = (contentType: string): boolean => /^[^;/]+\/(?:[^;]+\+)?json\s*(?:;|$)/i.test(contentType);
const isForm = (contentType: string): boolean =>
  /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType);

/** Mustache gives numbers as they are. */
function escapeFor(contentType: string): (value: unknown) => string {
  if (isJson(contentType)) return (value) => JSON.stringify(String(value)).slice(1, -1);
  if (isForm(contentType)) return (value) => encodeURIComponent(String(value).toWellFormed());
  return String;
}

function isValidJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
