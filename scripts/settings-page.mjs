// Writes the table of settings into docs/settings.md, between its two marks; run after `npm run build`.
// With --check it changes nothing, and fails where the table is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withSettingsTable } from '../dist/settings/settings-text.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const file = new URL('../docs/settings.md', import.meta.url);
const written = readFileSync(file, 'utf8');
const wanted = withSettingsTable(written);

if (written === wanted) {
  console.log('docs/settings.md has the table of settings.');
} else if (values.check) {
  console.error('docs/settings.md has an old table of settings: run node scripts/settings-page.mjs');
  process.exitCode = 1;
} else {
  writeFileSync(file, wanted);
  console.log('docs/settings.md: table of settings written.');
}
