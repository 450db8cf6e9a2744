/**
 * An item that a test goes on with, where an expectation alone would not do.
 * @throws where the list has no such item, with the length that it has
 */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`there is no item ${index} in a list of ${list.length}`);
  return item;
}
