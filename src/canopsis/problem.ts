/** So many characters of a problem are told at most. */
const LONGEST = 200;

/**
 * The header that says what is wrong with a payload, whose body does not say it.
 * @param problem field and rule; what is no visible ASCII in it is escaped, as a header cannot hold it
 */
export const problemHeader = (problem: string | undefined): Readonly<Record<string, string>> =>
  problem === undefined ? {} : { Problem: visible(problem) };

const visible = (text: string): string =>
  text
    .slice(0, LONGEST)
    .replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .slice(0, LONGEST)
    .trim();
