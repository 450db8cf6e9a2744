import { en } from './en';
import { fr } from './fr';

/** Written the same in both languages. */
const SAME = [
  'absent',
  'minutes',
  'title',
  'heartbeatsPage',
  'maintenancePage',
  'grid',
  'actions',
  'pattern',
  'heartbeat',
  'description',
  'silence',
  'heard',
  'version',
  'heartbeats',
  'units.s',
  'units.m',
  'units.h',
];

type Catalogue = Record<string, unknown>;

/** Every text by its path; functions are given texts and numbers that show where they go. */
function textsOf(catalogue: Catalogue, path = ''): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]): [string, string][] => {
    if (typeof value === 'string') return [[path + key, value]];
    if (typeof value === 'object') return textsOf(value as Catalogue, `${path}${key}.`);
    const text = (value as (...given: unknown[]) => string)(7, '<2>', '<3>');
    return [[path + key, text]];
  });
}

const english = new Map(textsOf(en));
const french = new Map(textsOf(fr));

describe('the catalogues of texts', () => {
  it('have the same texts', () => {
    expect([...french.keys()]).toEqual([...english.keys()]);
  });

  it('leave no English in French', () => {
    const same = [...english].filter(([key, text]) => french.get(key) === text).map(([key]) => key);
    expect(same.sort()).toEqual([...SAME].sort());
  });

  it('use the same values in both', () => {
    for (const [key, text] of english) {
      const marks = (of: string): string[] => [...of.matchAll(/<\d>/g)].map(([mark]) => mark).sort();
      expect([key, marks(french.get(key) ?? '')]).toEqual([key, marks(text)]);
    }
  });

  it('write apostrophes as printers do', () => {
    for (const [key, text] of [...english, ...french])
      expect([key, text.includes("'")]).toEqual([key, false]);
  });

  it('know one and many', () => {
    expect([en.heartbeats(0, '0'), en.heartbeats(1, '1'), en.heartbeats(2, '2')]).toEqual([
      '0 heartbeats',
      '1 heartbeat',
      '2 heartbeats',
    ]);
    expect([fr.heartbeats(0, '0'), fr.heartbeats(1, '1'), fr.heartbeats(2, '2')]).toEqual([
      '0 heartbeat',
      '1 heartbeat',
      '2 heartbeats',
    ]);
  });
});
