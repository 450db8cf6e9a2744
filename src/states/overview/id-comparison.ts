import type { Overview } from './overview';
import type { OverviewCollection } from './overview-collection';

/** How many ids are read at a time. */
const SLICE = 10_000;

/** Finds what was removed, or inserted by a program that does not say when, by counting. */
export class IdComparison {
  /** How many heartbeats the database counted that no reading of ids told, when ids were last compared. */
  private untold = 0;
  /** The same where the comparison before said so too: otherwise something was removed or inserted during one of them, perhaps. */
  private expected = 0;

  constructor(
    private readonly collection: Pick<OverviewCollection, 'idsAfter' | 'foreignIds'>,
    private readonly overview: Pick<Overview, 'size' | 'idsBetween'>,
  ) {}

  /**
   * @param count how many heartbeats the database has just counted
   * @returns the ids that are only here, or only in the database: to be read anew
   * @throws DatabaseError
   */
  async differing(count: number): Promise<string[]> {
    return count - this.overview.size === this.expected ? [] : this.compare(count);
  }

  private async compare(count: number): Promise<string[]> {
    const known = new Set(this.overview.idsBetween('', undefined));
    const told = await this.collection.foreignIds();
    for (let after: string | undefined = ''; after !== undefined;) {
      const ids: string[] = await this.collection.idsAfter(after, SLICE);
      for (const id of ids) told.push(id);
      after = ids.length === SLICE ? ids.at(-1) : undefined;
    }
    const untold = count - told.length;
    this.expected = untold === this.untold ? untold : NaN;
    this.untold = untold;
    const unknown = told.filter((id) => !known.delete(id));
    return [...unknown, ...known];
  }
}
