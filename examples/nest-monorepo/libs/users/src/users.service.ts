import { Injectable } from '@nestjs/common';
import { scryptSync, timingSafeEqual } from 'node:crypto';

interface User {
  readonly name: string;
  readonly team: string;
  readonly key: Buffer;
}

const derive = (password: string): Buffer => scryptSync(password, 'a salt for each user, in earnest', 32);
const NOBODY = derive('nobody knows it');

/** The users of this company. A real one asks its directory. It has what canopsis-heartbeat asks of its users port. */
@Injectable()
export class UsersService {
  private readonly users: readonly User[] = [
    { name: 'anne', team: 'network', key: derive('anne-secret') },
    { name: 'louis', team: 'storage', key: derive('louis-secret') },
  ];

  /** Whether the password is this user's. An unknown user takes as long as a wrong password. */
  validate(name: string, password: string): boolean {
    const user = this.find(name);
    return timingSafeEqual(derive(password), user?.key ?? NOBODY) && user !== undefined;
  }

  find(name: string): User | undefined {
    return this.users.find((user) => user.name === name);
  }
}
