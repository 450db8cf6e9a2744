import type { SettingDefinition } from './setting-definition';
import { SETTING_DEFINITIONS } from './setting-table';

const HELP_WIDTH = 100;
const START_MARK = '<!-- settings:start -->';
const END_MARK = '<!-- settings:end -->';

/** The text for `--help`: each setting with its default and description, at most 100 columns. */
export function settingsHelp(): string {
  const rows = SETTING_DEFINITIONS.map((setting) => [
    setting.name,
    shownDefault(setting),
    setting.description,
  ]);
  const [names, defaults] = columnWidths(rows);
  const indent = 2 + names + 2 + defaults + 2;
  const lines = rows.flatMap(([name, byDefault, description]) => {
    const [first, ...rest] = wrap(description, HELP_WIDTH - indent);
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

/** The README's table of settings, padded as Prettier pads it. */
export function settingsMarkdown(): string {
  const head = ['Variable', 'Default', 'Description'];
  const body = SETTING_DEFINITIONS.map((setting) => {
    const byDefault = setting.default === undefined ? shownDefault(setting) : `\`${setting.default}\``;
    return [`\`${setting.name}\``, byDefault, setting.description];
  });
  const widths = columnWidths([head, ...body]);
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
    .join('\n');
}

/**
 * Puts {@link settingsMarkdown} between the README's two marks and leaves the rest as it is.
 *
 * @throws Error where the README has not exactly one start mark with one end mark after it.
 */
export function withSettingsTable(readme: string): string {
  const [before, between, ...moreStarts] = readme.split(START_MARK);
  const [, after, ...moreEnds] = (between ?? '').split(END_MARK);
  if (after === undefined || moreStarts.length > 0 || moreEnds.length > 0) {
    throw new Error(`The README needs one ${START_MARK} and, after it, one ${END_MARK}`);
  }
  return `${before}${START_MARK}\n\n${settingsMarkdown()}\n\n${END_MARK}${after}`;
}

function shownDefault(setting: SettingDefinition<unknown>): string {
  return setting.default ?? 'unset';
}

function columnWidths(rows: readonly string[][]): number[] {
  return rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
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
