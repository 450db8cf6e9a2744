import { computed, signal } from '@preact/signals';
import { ApiError, call, reasonOf, whenUnauthorized } from './api';
import { t } from './texts';
import type { Right, Session } from './types';

/** Who is logged in; undefined while that is not known yet. */
export const session = signal<Session | undefined>(undefined);
/** Why that could not be asked; it is asked again. */
export const unknownBecause = signal<string | undefined>(undefined);
/** Whether a session that was there has ended without being asked to. */
export const ended = signal(false);

const rights = computed(() => new Set<Right>(session.value?.rights ?? []));

/** @returns whether who is logged in may do this */
export const may = (right: Right): boolean => rights.value.has(right);

/** @returns whether who is logged in may change anything */
export const mayChange = (): boolean => may('create') || may('update') || may('delete');

const RETRY_MS = 3_000;

/** Asks the API who is logged in, until it tells. */
export async function readSession(): Promise<void> {
  try {
    session.value = await call<Session>('GET', 'heartbeat-session');
  } catch (error) {
    unknownBecause.value = reasonOf(error, t.value.unreachable);
    setTimeout(() => void readSession(), RETRY_MS);
  }
}

/** @returns why not: `wrong`, or the seconds to wait; undefined where it worked */
export async function logIn(name: string, password: string): Promise<'wrong' | number | undefined> {
  try {
    session.value = await call<Session>('POST', 'heartbeat-session', { json: { name, password } });
    ended.value = false;
    return undefined;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 429) return error.retryAfter ?? 60;
    if (error.status === 401) return 'wrong';
    throw error;
  }
}

/** Ends the session, on every node. */
export async function logOut(): Promise<void> {
  await call('DELETE', 'heartbeat-session').catch((error: unknown) => {
    // Then it has ended already.
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  });
  session.value = { user: null };
}

whenUnauthorized(() => {
  ended.value = session.value?.user != null;
  session.value = { user: null };
});
