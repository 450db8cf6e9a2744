import type { IncomingHttpHeaders } from 'node:http';
import { acceptedEncoding, hasAlready, preferredLanguage } from './negotiation';
import { ENCODINGS, LANGUAGES, type PageFile, type PageFiles } from './page-files';

/**
 * What the page's files tell browsers, instead of what answers of the API do: it loads and calls nothing but its own, is shown
 * in no frame, and no script makes a document out of text.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const PROTECTIVE: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** An answer as either framework can give it. */
export interface PageAnswer {
  readonly status: 200 | 304 | 308;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** The page, in the language that the client likes best. */
export function pageAnswer({ pages }: PageFiles, headers: IncomingHttpHeaders): PageAnswer {
  const language = preferredLanguage(headers['accept-language'], LANGUAGES);
  return fileAnswer(pages[language], headers, {
    'Cache-Control': 'no-cache',
    'Content-Language': language,
    Vary: 'Accept-Encoding, Accept-Language',
  });
}

/** A file that the page loads. @returns undefined where there is none of this name */
export function assetAnswer(
  { assets }: PageFiles,
  name: string,
  headers: IncomingHttpHeaders,
): PageAnswer | undefined {
  const file = assets.get(name);
  return (
    file &&
    fileAnswer(file, headers, {
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
    })
  );
}

/**
 * Sends on whoever left out the slash at the end, below which the page finds its files. The way is a relative one, since a
 * proxy may have the page on another path.
 * @param url the first line's target, for example `/ops/heartbeats?state=down`
 */
export function slashAnswer(url: string): PageAnswer {
  const [path = '', ...query] = url.split('?');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const location = `./${last}/${query.length > 0 ? `?${query.join('?')}` : ''}`;
  return { status: 308, headers: { ...PROTECTIVE, Location: location, 'Cache-Control': 'no-cache' } };
}

function fileAnswer(file: PageFile, headers: IncomingHttpHeaders, more: Record<string, string>): PageAnswer {
  const encoding = acceptedEncoding(String(headers['accept-encoding'] ?? ''), encodingsOf(file));
  const etag = `"${file.hash}${encoding === undefined ? '' : `-${encoding}`}"`;
  const told = { ...PROTECTIVE, ...more, ETag: etag };
  if (hasAlready(headers['if-none-match'], etag)) return { status: 304, headers: told };
  const body = (encoding && file.encoded[encoding]) ?? file.bytes;
  return {
    status: 200,
    headers: { ...told, 'Content-Type': file.type, ...(encoding && { 'Content-Encoding': encoding }) },
    body,
  };
}

const encodingsOf = ({ encoded }: PageFile) =>
  ENCODINGS.filter((encoding) => encoded[encoding] !== undefined);
