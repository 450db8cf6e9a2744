import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSettingsTable } from '../../src/settings/settings-text';

describe('README.md', () => {
  it('lists the settings as they are (if not: npm run build, then node scripts/readme-settings.mjs)', () => {
    const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
    expect(readme).toBe(withSettingsTable(readme));
  });
});
