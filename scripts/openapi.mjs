// Writes openapi.json, the description of the whole standalone application; run after `npm run build`.
// With --check it changes nothing, and fails where the file is not up to date.
import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { AppModule } from '../dist/app/app.module.js';
import { PlainUsers } from '../dist/auth/plain-users.js';
import { openApiDocument } from '../dist/openapi/document.js';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const file = fileURLToPath(new URL('../openapi.json', import.meta.url));

const controllersOf = ({ imports = [], controllers = [] }) => [
  ...controllers,
  ...imports.flatMap((imported) => controllersOf(imported)),
];
const root = AppModule.register({
  dialect: 'canopsis-4',
  users: new PlainUsers(new Map()),
  databaseUri: 'mongodb://localhost',
});
const document = openApiDocument({ controllers: [...new Set(controllersOf(root))], guarded: true });
const wanted = await format(JSON.stringify(document), { ...(await resolveConfig(file)), filepath: file });

if (existsSync(file) && readFileSync(file, 'utf8') === wanted) {
  console.log('openapi.json is up to date.');
} else if (values.check) {
  console.error('openapi.json is stale: run npm run openapi');
  process.exitCode = 1;
} else {
  writeFileSync(file, wanted);
  console.log('openapi.json: written.');
}
