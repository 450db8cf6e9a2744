import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as makers from '../../src/canopsis/canopsis-error';
import { errors } from '../../src/openapi/errors';

/** The rows of the table of errors: status and text, with what differs from answer to answer in pointed brackets. */
const sections = readFileSync(join(__dirname, '../../docs/api.md'), 'utf8').split(/^## /m);
const table = sections.find((section) => section.startsWith('Errors\n')) ?? '';
const rows = [...table.matchAll(/^\| (\d{3}) +\| `(.*?)` +\|/gm)].map(([, status, text]) => ({
  status: Number(status),
  text: String(text),
}));

const fits = (text: string, said: string): boolean => {
  const [before = '', after] = text.split(/<[^>]*>/);
  return after === undefined ? said === text : said.startsWith(before) && said.endsWith(after);
};
const isListed = ({ statusCode: status, body }: makers.CanopsisError): boolean =>
  rows.some((row) => row.status === status && fits(row.text, body.description));

describe('the table of errors', () => {
  it('has every error of the description of the API, and no other', () => {
    const described = errors();
    expect(described.filter(([, { error }]) => !isListed(error)).map(([name]) => name)).toEqual([]);
    const answered = (row: (typeof rows)[0]): boolean =>
      described.some(
        ([, { error }]) => error.statusCode === row.status && fits(row.text, error.body.description),
      );
    expect(rows.filter((row) => !answered(row))).toEqual([]);
  });

  it('has every error that there is', () => {
    const odd: Record<string, unknown> = {
      methodNotAllowed: ['GET'],
      tooManyRequests: 1,
      tooManyFailedLogins: 1,
    };
    const made = Object.entries(makers).flatMap(([name, make]): [string, makers.CanopsisError][] => {
      if (typeof make !== 'function' || /^[A-Z]/.test(name)) return [];
      const error = (make as (...given: unknown[]) => unknown)(odd[name] ?? 'heartbeat', 'x');
      return error instanceof makers.CanopsisError ? [[name, error]] : [];
    });
    expect(made.length).toBeGreaterThan(10);
    expect(made.filter(([, error]) => !isListed(error)).map(([name]) => name)).toEqual([]);
  });
});
