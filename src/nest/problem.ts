import { problemHeader } from '../canopsis/problem';
import { type AnyResponse, setHeader } from './any-response';

/** Says in a header what is wrong with a part of a payload, the rest of which was taken. */
export function tellProblem(response: AnyResponse, problem: string): void {
  for (const [name, value] of Object.entries(problemHeader(problem))) setHeader(response, name, value);
}
