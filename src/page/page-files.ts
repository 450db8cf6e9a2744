import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** The languages that the page is there in; the first is for who asks for none of them. */
export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** How a file is there besides as it is; the smaller one first. */
export const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const PAGES: Readonly<Record<Language, string>> = { en: 'index.html', fr: 'index.fr.html' };
const ASSETS = 'assets';
const HTML = 'text/html; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  webmanifest: 'application/manifest+json',
};
/** Where compressing gains nothing. */
const COMPRESSED: ReadonlySet<string> = new Set(['png']);

/** One file of the page, in memory. */
export interface PageFile {
  readonly type: string;
  /** Strong; that of an encoding has its name behind. */
  readonly hash: string;
  readonly bytes: Buffer;
  readonly encoded: Readonly<Partial<Record<Encoding, Buffer>>>;
}

/** All files of the page, read once. */
export interface PageFiles {
  /** The page itself. */
  readonly pages: Readonly<Record<Language, PageFile>>;
  /** What it loads, by name; each name has a hash of its content in it. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

/** What the page is told of where it is; each is a path relative to the page. */
export interface PagePlaces {
  /** Where the calls of v2 are. */
  readonly api: string;
  /** Where the calls of v4 are; empty where there are none. */
  readonly apiV4: string;
}

/** Whether there is a page in this directory. */
export const hasPage = (directory: string): boolean => existsSync(join(directory, PAGES.en));

/**
 * Reads and compresses the page.
 * @param directory what `npm run build` made
 * @returns undefined where there is no page
 * @throws Error where a part of it cannot be read
 */
export async function readPageFiles(directory: string, places: PagePlaces): Promise<PageFiles | undefined> {
  const english = await readFile(join(directory, PAGES.en), 'utf8').catch(ifMissing);
  if (english === undefined) return undefined;
  const french = await readFile(join(directory, PAGES.fr), 'utf8');
  const names = await readdir(join(directory, ASSETS));
  const assets = names.map(async (name): Promise<[string, PageFile]> => {
    const extension = name.slice(name.lastIndexOf('.') + 1);
    const type = TYPES[extension] ?? 'application/octet-stream';
    return [
      name,
      await pageFile(await readFile(join(directory, ASSETS, name)), type, COMPRESSED.has(extension)),
    ];
  });
  const page = (html: string): Promise<PageFile> => pageFile(Buffer.from(placed(html, places)), HTML, false);
  return {
    pages: { en: await page(english), fr: await page(french) },
    assets: new Map(await Promise.all(assets)),
  };
}

/** Puts into the page where its calls are. */
export function placed(html: string, { api, apiV4 }: PagePlaces): string {
  return html
    .replace(/(<meta name="heartbeat-api" content=")[^"]*/, (_, before: string) => before + escaped(api))
    .replace(
      /(<meta name="heartbeat-api-v4" content=")[^"]*/,
      (_, before: string) => before + escaped(apiV4),
    );
}

const escaped = (text: string): string =>
  text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);

async function pageFile(bytes: Buffer, type: string, compressed: boolean): Promise<PageFile> {
  const digest = hash('sha256', bytes, 'base64url').slice(0, 22);
  return { type, hash: digest, bytes, encoded: compressed ? {} : await encodings(bytes) };
}

async function encodings(bytes: Buffer): Promise<PageFile['encoded']> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params }),
    promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  return { ...(br.length < bytes.length && { br }), ...(gz.length < bytes.length && { gzip: gz }) };
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

/**
 * The way from one path to another, for a browser that is at the first one.
 * @param from segments of the page's path, which ends in a slash; empty where the page is at `/`
 * @param to segments of the path to go to
 * @returns a relative path that ends in a slash, for example `../api/v2/`
 */
export function relativePath(from: readonly string[], to: readonly string[]): string {
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common += 1;
  const way = [...from.slice(common).map(() => '..'), ...to.slice(common)];
  return way.length === 0 ? './' : `${way.join('/')}/`;
}
