import { at } from '../../test/support/at';
import { SETTING_DEFINITIONS } from './setting-table';
import { settingsHelp, settingsMarkdown, withSettingsTable } from './settings-text';

describe('settingsHelp', () => {
  const lines = settingsHelp().split('\n');

  it('has no line over 100 columns and no space at the end of one', () => {
    expect(lines.filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([]);
  });

  it.each(SETTING_DEFINITIONS)('shows $name with its default and its whole description', (setting) => {
    const start = lines.findIndex((line) => line.startsWith(`  ${setting.name} `));
    const [name, byDefault] = at(lines, start).trim().split(/ {2,}/);
    expect([name, byDefault]).toEqual([setting.name, setting.default ?? 'unset']);
    expect(lines.slice(start).join(' ').replace(/ +/g, ' ')).toContain(setting.description);
  });

  it('begins every description at the same column', () => {
    const columns = lines
      .filter((line) => /^ {2}[A-Z]/.test(line))
      .map((line) => line.search(/(?<=\S {2,}\S+ {2,})\S/));
    expect(columns).toHaveLength(SETTING_DEFINITIONS.length);
    expect(new Set(columns).size).toBe(1);
  });
});

describe('settingsMarkdown', () => {
  it('is one table row a setting, with three cells each', () => {
    const rows = settingsMarkdown().split('\n');
    expect(rows).toHaveLength(2 + SETTING_DEFINITIONS.length);
    expect(rows.filter((row) => row.split('|').length !== 5)).toEqual([]);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });
});

describe('withSettingsTable', () => {
  const marks = '<!-- settings:start -->\n<!-- settings:end -->';

  it('replaces what is between the marks and nothing else', () => {
    const page = `# A\n\n<!-- settings:start -->\nold\n<!-- settings:end -->\n\n## B\n`;
    const written = withSettingsTable(page);
    expect(written).toBe(
      `# A\n\n<!-- settings:start -->\n\n${settingsMarkdown()}\n\n<!-- settings:end -->\n\n## B\n`,
    );
    expect(withSettingsTable(written)).toBe(written);
  });

  it.each([
    ['has no marks', '# A'],
    ['has no end mark', '<!-- settings:start -->'],
    ['has no start mark', '<!-- settings:end -->'],
    ['has its marks the other way round', '<!-- settings:end --> <!-- settings:start -->'],
    ['has its marks twice', marks + marks],
  ])('refuses a page that %s', (_, page) => {
    expect(() => withSettingsTable(page)).toThrow('docs/settings.md needs one <!-- settings:start -->');
  });
});
