import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { acceptedEncoding, hasAlready, preferredLanguage } from './negotiation';
import { assetAnswer, pageAnswer, slashAnswer } from './page-answer';
import { placed, readPageFiles, relativePath } from './page-files';

describe('preferredLanguage', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['fr', 'fr'],
    ['fr-CA,en;q=0.5', 'fr'],
    ['en,fr', 'en'],
    ['en;q=0.5, FR;q=0.6', 'fr'],
    ['de, fr;q=0.1', 'fr'],
    ['de, *;q=0.5', 'en'],
    ['en;q=0, *', 'fr'],
    ['fr;q=0', 'en'],
    ['fr;q=x', 'en'],
    ['french', 'en'],
  ])('of %j is %s', (header, language) => {
    expect(preferredLanguage(header, ['en', 'fr'])).toBe(language);
  });
});

describe('acceptedEncoding', () => {
  it.each([
    [undefined, undefined],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['GZIP;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['identity', undefined],
    ['brotli', undefined],
  ])('of %j is %s', (header, encoding) => {
    expect(acceptedEncoding(header, ['br', 'gzip'])).toBe(encoding);
  });
});

it('hasAlready compares weakly, one of several', () => {
  expect(hasAlready('"a"', '"a"')).toBe(true);
  expect(hasAlready('"b", W/"a"', '"a"')).toBe(true);
  expect(hasAlready('*', '"a"')).toBe(true);
  expect(hasAlready('"ab"', '"a"')).toBe(false);
  expect(hasAlready(undefined, '"a"')).toBe(false);
});

describe('relativePath', () => {
  it.each([
    ['', 'api/v2', 'api/v2/'],
    ['heartbeats', 'api/v2', '../api/v2/'],
    ['ops/heartbeats', 'ops/api/v2', '../api/v2/'],
    ['api', 'api/v2', 'v2/'],
    ['api/v2', 'api/v2', './'],
    ['api/v2/page', 'api/v2', '../'],
  ])('from %j to %j', (from, to, way) => {
    expect(relativePath(segments(from), segments(to))).toBe(way);
  });

  const segments = (path: string): string[] => path.split('/').filter((part) => part !== '');
});

it('placed tells the page where its calls are, whatever the paths', () => {
  const html = '<meta name="heartbeat-api" content="api/v2/" /><meta name="heartbeat-api-v4" content="" />';
  expect(placed(html, { api: '../$&"<a>/', apiV4: '../api/v4/' })).toBe(
    '<meta name="heartbeat-api" content="../$&#38;&#34;&#60;a&#62;/" /><meta name="heartbeat-api-v4" content="../api/v4/" />',
  );
});

describe('slashAnswer', () => {
  it.each([
    ['/heartbeats', './heartbeats/'],
    ['/a/b?search=x?y&z', './b/?search=x?y&z'],
  ])('of %s', (url, location) => {
    expect(slashAnswer(url)).toMatchObject({ status: 308, headers: { Location: location } });
  });
});

describe('the files of the page', () => {
  const html = `<html><meta name="heartbeat-api" content="api/v2/" />${'<p>text</p>'.repeat(200)}</html>`;
  const script = 'export const a = 1;'.repeat(200);
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'page-'));
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), html);
    await writeFile(join(directory, 'index.fr.html'), html.replace('text', 'texte'));
    await writeFile(join(directory, 'assets', 'main-abc.js'), script);
    await writeFile(join(directory, 'assets', 'tiny.css'), 'a{}');
  });
  afterEach(() => rm(directory, { recursive: true }));

  const read = async () => {
    const files = await readPageFiles(directory, { api: '../api/v2/', apiV4: '' });
    if (files === undefined) throw new Error('there is no page');
    return files;
  };

  it('are none where nothing was built', async () => {
    expect(await readPageFiles(join(directory, 'nowhere'), { api: '', apiV4: '' })).toBeUndefined();
  });

  it('are an error where a part is missing', async () => {
    await rm(join(directory, 'index.fr.html'));
    await expect(readPageFiles(directory, { api: '', apiV4: '' })).rejects.toThrow(/index\.fr\.html/);
  });

  it('are answered in the language and the encoding that the client takes', async () => {
    const files = await read();
    const french = pageAnswer(files, { 'accept-language': 'fr', 'accept-encoding': 'gzip' });
    expect(french.headers).toMatchObject({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': 'fr',
      'Content-Encoding': 'gzip',
      'Cache-Control': 'no-cache',
      Vary: 'Accept-Encoding, Accept-Language',
    });
    expect(String(gunzipSync(french.body ?? ''))).toContain('content="../api/v2/" /><p>texte</p>');
    const english = pageAnswer(files, {});
    expect(english.headers).not.toHaveProperty('Content-Encoding');
    expect(String(english.body)).toContain('<p>text</p>');
  });

  it('are not sent to who has them, each encoding with a tag of its own', async () => {
    const files = await read();
    const tags = ['', 'gzip', 'br'].map(
      (encoding) => pageAnswer(files, { 'accept-encoding': encoding }).headers['ETag'],
    );
    expect(new Set(tags).size).toBe(3);
    const again = pageAnswer(files, { 'accept-encoding': 'br', 'if-none-match': tags[2] });
    expect(again).toMatchObject({ status: 304, headers: { ETag: tags[2], 'Cache-Control': 'no-cache' } });
    expect(again).not.toHaveProperty('body');
    expect(pageAnswer(files, { 'if-none-match': tags[2] }).status).toBe(200);
  });

  it('are kept for ever where their name has their hash', async () => {
    const files = await read();
    const answer = assetAnswer(files, 'main-abc.js', { 'accept-encoding': 'br' });
    expect(answer?.headers).toMatchObject({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'public, max-age=31536000, immutable',
      'Content-Encoding': 'br',
    });
    expect(String(brotliDecompressSync(answer?.body ?? ''))).toBe(script);
    // Compressed it would be larger.
    expect(assetAnswer(files, 'tiny.css', { 'accept-encoding': 'br' })?.headers).not.toHaveProperty(
      'Content-Encoding',
    );
  });

  it.each(['', '.', '..', '../index.html', '%2e%2e/index.html', 'main-abc.js/', 'nothing.js', 'constructor'])(
    'have none called %j',
    async (name) => {
      expect(assetAnswer(await read(), name, {})).toBeUndefined();
    },
  );
});
