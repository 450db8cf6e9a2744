import { ApplyError } from './apply-error';
import { type HeartbeatServer, RefusedCall } from './heartbeat-server';
import { type Step, planOf } from './plan';
import type { Wanted } from './wanted';

/** What became of a heartbeat, or would. */
export interface Outcome {
  readonly step: Step;
  /** Of a heartbeat that was created: its id. */
  readonly id?: string;
  /** Why it could not be done. */
  readonly failure?: string;
}

/** How a file is applied. */
export interface ApplyOptions {
  /** Nothing is changed; it is only told what would be. */
  readonly dryRun: boolean;
  /** What the file does not ask for is removed. */
  readonly prune: boolean;
}

type Of<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** What version 4 of the API, which alone takes ids from its clients, cannot do without. */
const NEEDED_WITH_ID = ['name', 'description', 'author'] as const;

/**
 * Makes the heartbeats of a server those of a file. What is as it should be is not written.
 * @param tell is told of each heartbeat, once it is done; removals come first, as they make room
 * @throws ApplyError where nothing could be done
 */
export async function apply(
  wanted: readonly Wanted[],
  server: HeartbeatServer,
  { dryRun, prune }: ApplyOptions,
  tell: (outcome: Outcome) => Promise<void>,
): Promise<void> {
  const steps = planOf(wanted, await server.list(), prune);
  const of = <Kind extends Step['kind']>(kind: Kind): Of<Kind>[] =>
    steps.filter((step): step is Of<Kind> => step.kind === kind);
  const problems = of('created').flatMap((step) => problemOf(step.wanted));
  if (problems.length > 0) throw new ApplyError(problems.join('\n'));
  if (dryRun) {
    for (const step of steps) await tell({ step });
    return;
  }
  for (const step of of('removed')) await tell(await outcomeOf(step, () => server.remove(step.id)));
  await changeAll(of('changed'), server, tell);
  for (const step of of('created')) await tell(await outcomeOf(step, () => server.create(step.wanted)));
  for (const step of of('unchanged')) await tell({ step });
}

function problemOf({ where, id, heartbeat }: Wanted): string[] {
  const missing = id === undefined ? [] : NEEDED_WITH_ID.filter((field) => !heartbeat[field]);
  return missing.length > 0
    ? [`${where}: no heartbeat has its _id: to be created with it, it needs ${missing.join(', ')}`]
    : [];
}

/** A pattern may be free only once another heartbeat has given it up: as long as any could be changed, the others are tried again. */
async function changeAll(
  steps: readonly Of<'changed'>[],
  server: HeartbeatServer,
  tell: (outcome: Outcome) => Promise<void>,
): Promise<void> {
  let left = [...steps];
  while (left.length > 0) {
    const failed: Outcome[] = [];
    for (const step of left) {
      const outcome = await outcomeOf(step, () => server.replace(step.id, step.wanted));
      if (outcome.failure === undefined) await tell(outcome);
      else failed.push(outcome);
    }
    if (failed.length === left.length) {
      for (const outcome of failed) await tell(outcome);
      return;
    }
    left = failed.map(({ step }) => step as Of<'changed'>);
  }
}

/** @throws ApplyError where the server is not to be reached */
async function outcomeOf(step: Step, work: () => Promise<string | void>): Promise<Outcome> {
  try {
    return { step, id: (await work()) ?? undefined };
  } catch (error) {
    if (!(error instanceof RefusedCall) || error.status === 401) throw error;
    return { step, failure: error.message };
  }
}
