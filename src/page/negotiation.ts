/** Something that a client accepts, and how much it likes it: from 0, not at all, to 1. */
interface Preference {
  readonly name: string;
  readonly quality: number;
}

/** Reads a header such as `Accept-Language` (RFC 9110, section 12.5). What is no number counts as 0. */
function preferences(header: string): Preference[] {
  return header.split(',').map((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const quality = parameters.find((parameter) => /^q=/i.test(parameter));
    const value = quality === undefined ? 1 : Number(quality.slice(2));
    return { name: name.toLowerCase(), quality: value >= 0 && value <= 1 ? value : 0 };
  });
}

/**
 * @param header `Accept-Language`
 * @param languages those that there are; the first is for who wants none of them
 */
export function preferredLanguage<T extends string>(
  header: string | undefined,
  languages: readonly [T, ...T[]],
): T {
  const wanted = preferences(header ?? '');
  const qualityOf = (language: string): number => {
    const named = wanted.filter(({ name }) => name === language || name.startsWith(`${language}-`));
    const either = named.length > 0 ? named : wanted.filter(({ name }) => name === '*');
    return Math.max(0, ...either.map(({ quality }) => quality));
  };
  return languages.reduce((best, language) => (qualityOf(language) > qualityOf(best) ? language : best));
}

/**
 * @param header `Accept-Encoding`
 * @param encodings those that there are, the best one first
 * @returns the first that the client takes; undefined where it takes none, and gets the bytes as they are
 */
export function acceptedEncoding<T extends string>(
  header: string | undefined,
  encodings: readonly T[],
): T | undefined {
  const wanted = preferences(header ?? '');
  const takes = (encoding: string): boolean => {
    const named = wanted.find(({ name }) => name === encoding) ?? wanted.find(({ name }) => name === '*');
    return named !== undefined && named.quality > 0;
  };
  return encodings.find(takes);
}

/**
 * @param header `If-None-Match`
 * @returns whether the client has this already (RFC 9110, section 13.1.2: weak comparison)
 */
export const hasAlready = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '')));
