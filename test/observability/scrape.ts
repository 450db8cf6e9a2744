/** The value of each series, by its name with its labels as they were written. */
export type Scrape = ReadonlyMap<string, number>;

/**
 * Reads Prometheus' text format, as strictly as this application writes it.
 * @throws Error for a line that is none, or a series that occurs twice
 */
export function readMetrics(text: string): Scrape {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, value] = /^([a-z_:][\w:]*(?:\{.*\})?) (\S+)$/i.exec(line) ?? [];
    if (name === undefined || found.has(name)) throw new Error(`not a line of metrics: ${line}`);
    found.set(name, Number(value));
  }
  return found;
}

/** The names of all metrics that are described, whether they have a value or not. */
export const describedIn = (text: string): string[] =>
  [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
