import type { Provider } from '@nestjs/common';
import { Logins } from '../../auth/session/logins';
import { Sessions } from '../../auth/session/sessions';
import { USERS, type Users } from '../../auth/users';
import { CLOCK, type Clock } from '../../util/clock';
import { SessionCollection } from './session-collection';

/** Sessions of people who log in, for the calls and for the guard. */
export const sessionProviders: Provider[] = [
  SessionCollection,
  {
    provide: Sessions,
    inject: [SessionCollection, USERS, CLOCK],
    useFactory: (repository: SessionCollection, users: Users, clock: Clock) =>
      new Sessions({ repository, users, clock }),
  },
  Logins,
];
