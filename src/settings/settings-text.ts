import type { SettingDefinition } from './setting-definition';
import { SETTING_DEFINITIONS } from './setting-table';

const HELP_WIDTH = 100;
const START_MARK = '<!-- settings:start -->';
const END_MARK = '<!-- settings:end -->';

/** The text for `--help`: each setting with its default and description, at most 100 columns. */
export function settingsHelp(): string {
  const rows = SETTING_DEFINITIONS.map((setting) => ({
    name: setting.name,
    byDefault: shownDefault(setting),
    description: setting.description,
  }));
  const names = widest(rows.map(({ name }) => name));
  const defaults = widest(rows.map(({ byDefault }) => byDefault));
  const indent = 2 + names + 2 + defaults + 2;
  const lines = rows.flatMap(({ name, byDefault, description }) => {
    const [first = '', ...rest] = wrap(description, HELP_WIDTH - indent);
    return [
      `  ${name.padEnd(names)}  ${byDefault.padEnd(defaults)}  ${first}`,
      ...rest.map((line) => ' '.repeat(indent) + line),
    ];
  });
  return [
    'Settings are environment variables: name, default, description. An empty one counts as unset.',
    '',
    ...lines,
  ].join('\n');
}

/** The table of settings in docs/settings.md, padded as Prettier pads it. */
export function settingsMarkdown(): string {
  const head = ['Variable', 'Default', 'Description'];
  const body = SETTING_DEFINITIONS.map((setting) => {
    const byDefault = setting.default === undefined ? shownDefault(setting) : `\`${setting.default}\``;
    return [`\`${setting.name}\``, byDefault, setting.description];
  });
  const widths = head.map((title, column) => widest([title, ...body.map((row) => row[column] ?? '')]));
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}

/**
 * Puts {@link settingsMarkdown} between the two marks of docs/settings.md and leaves the rest as it is.
 *
 * @throws Error where the page has not exactly one start mark with one end mark after it.
 */
export function withSettingsTable(page: string): string {
  const [before, between, ...moreStarts] = page.split(START_MARK);
  const [, after, ...moreEnds] = (between ?? '').split(END_MARK);
  if (after === undefined || moreStarts.length > 0 || moreEnds.length > 0) {
    throw new Error(`docs/settings.md needs one ${START_MARK} and, after it, one ${END_MARK}`);
  }
  return `${before}${START_MARK}\n\n${settingsMarkdown()}\n\n${END_MARK}${after}`;
}

function shownDefault(setting: SettingDefinition<unknown>): string {
  return setting.default ?? 'unset';
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length));
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
