import type { Provider } from '@nestjs/common';
import { BasicAuthGuard, GUARDED } from './basic-auth.guard';
import { BasicStrategy } from './basic.strategy';
import { Credentials } from './credentials';

/**
 * What {@link BasicAuthGuard} needs in the module whose routes it guards.
 * @param users provides the `USERS` port
 */
export const authProviders = (users: Provider): Provider[] => [
  { provide: GUARDED, useValue: true },
  users,
  Credentials,
  BasicStrategy,
  BasicAuthGuard,
];

/** The same where the host guards the routes itself: everybody is let in. */
export const openProviders: Provider[] = [
  { provide: GUARDED, useValue: false },
  { provide: Credentials, useValue: null },
  BasicAuthGuard,
];
