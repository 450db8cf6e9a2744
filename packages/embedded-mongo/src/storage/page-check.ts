import { readSync } from 'node:fs';

/** A page of LMDB 1.0's data file begins with its number, the transaction that wrote it, flags, and how full it is. */
const HEADER = { transaction: 8, flags: 18, lower: 20, pages: 20, bytes: 24 };
/** A node of a page: the low and the high part of a size or of a page's number, flags, the length of the key, the key. */
const NODE = { flags: 4, keyLength: 6, bytes: 8 };
/** What the meta page says of each of the two trees, the free pages and the data: their depth, and the page of their root. */
const TREES = [48, 96] as const;
const TREE = { depth: 6, root: 40 };
const BRANCH = 1;
const LEAF = 2;
const OVERFLOW = 4;
const KINDS = BRANCH | LEAF | OVERFLOW;
/** A leaf's value that has pages of its own. */
const HAS_PAGES = 1;
const NO_ROOT = 0xffff_ffff_ffff_ffffn;

/** Where a data file is, and what its newest meta page says. */
export interface CheckedFile {
  readonly fd: number;
  readonly meta: Buffer;
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: bigint;
}

/** A page that is to be looked at. */
interface Step {
  readonly page: number;
  /** How many levels are below it. */
  readonly levels: number;
}

/**
 * Walks through all pages of the trees, since LMDB ends the process (`IS_LEAF(mp)` failed) where it comes upon one that is none.
 * What stands in the values is not looked at.
 * @returns the number of the first page that cannot be right, undefined where there is none
 */
export function damagedPage(file: CheckedFile): number | undefined {
  const page = Buffer.alloc(file.pageSize);
  for (const at of TREES) {
    const root = file.meta.readBigUInt64LE(at + TREE.root);
    if (root === NO_ROOT) continue;
    const steps: Step[] = [{ page: Number(root), levels: file.meta.readUInt16LE(at + TREE.depth) - 1 }];
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const below = isReadable(file, step.page, page) ? pagesBelow(file, page, step) : undefined;
      if (below === undefined) return step.page;
      steps.push(...below);
    }
  }
  return undefined;
}

/** Whether there is a page of that number which says so itself; it is then in `page`. */
function isReadable(
  { fd, pageSize, lastPage, transaction }: CheckedFile,
  number: number,
  page: Buffer,
): boolean {
  if (number < 2 || number > lastPage) return false;
  if (readSync(fd, page, 0, pageSize, number * pageSize) < pageSize) return false;
  return (
    page.readBigUInt64LE(0) === BigInt(number) && page.readBigUInt64LE(HEADER.transaction) <= transaction
  );
}

/** @returns the pages that a page leads to; undefined where it cannot be right */
function pagesBelow({ pageSize, lastPage }: CheckedFile, page: Buffer, step: Step): Step[] | undefined {
  const kind = page.readUInt16LE(HEADER.flags) & KINDS;
  if (step.levels < 0) {
    const fits = step.page + page.readUInt32LE(HEADER.pages) - 1 <= lastPage;
    return kind === OVERFLOW && fits ? [] : undefined;
  }
  if (kind !== (step.levels > 0 ? BRANCH : LEAF)) return undefined;
  const below: Step[] = [];
  const ends = HEADER.bytes + page.readUInt16LE(HEADER.lower);
  if (ends > pageSize) return undefined;
  for (let at = HEADER.bytes; at < ends; at += 2) {
    const node = HEADER.bytes + page.readUInt16LE(at);
    if (node + NODE.bytes > pageSize) return undefined;
    const value = node + NODE.bytes + page.readUInt16LE(node + NODE.keyLength);
    if (kind === BRANCH) {
      const number = page.readUInt32LE(node) + page.readUInt16LE(node + NODE.flags) * 2 ** 32;
      below.push({ page: number, levels: step.levels - 1 });
    } else if ((page.readUInt16LE(node + NODE.flags) & HAS_PAGES) !== 0) {
      if (value + 8 > pageSize) return undefined;
      below.push({ page: Number(page.readBigUInt64LE(value)), levels: -1 });
    } else if (value + page.readUInt32LE(node) > pageSize) return undefined;
  }
  return below;
}
