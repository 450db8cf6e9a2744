import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BasicAuthGuard } from '../../src/auth/basic-auth.guard';
import { PlainUsers } from '../../src/auth/plain-users';
import type { Users } from '../../src/auth/users';
import { ADAPTERS, GuardedApp, type Answer } from './guarded-app';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const basic = (text: string): string => `Basic ${base64(text)}`;
const usersOf = (name: string, password: string): PlainUsers => new PlainUsers(new Map([[name, password]]));
const adapters = Object.keys(ADAPTERS) as (keyof typeof ADAPTERS)[];

describe.each(adapters)('the guard on %s', (adapter) => {
  let app: GuardedApp;

  const namesOf = (answers: Answer[]): unknown[] =>
    answers.map(({ status, body }) => (status === 200 ? (body as { name: string }).name : status));

  beforeAll(async () => {
    app = await GuardedApp.start(
      adapter,
      new PlainUsers(
        new Map([
          ['root', 'root'],
          ['colons', 'a:b:c'],
          ['rené', 'é'],
        ]),
      ),
    );
  });
  afterAll(() => app.close());

  it.each([
    ['Basic', basic('root:root'), 'root'],
    ['basic', `basic ${base64('root:root')}`, 'root'],
    ['BASIC and spaces', `BASIC   ${base64('root:root')}`, 'root'],
    ['a password with colons', basic('colons:a:b:c'), 'colons'],
    ['UTF-8', basic('rené:é'), 'rené'],
  ])('lets in %s, the first time and from memory', async (_what, header, name) => {
    expect([await app.ask(header), await app.ask(header)]).toEqual([
      { status: 200, body: { name } },
      { status: 200, body: { name } },
    ]);
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the scheme alone', 'Basic'],
    ['a wrong password', basic('root:wrong')],
    ['a password with more after a colon', basic('root:root:anything')],
    ['the beginning of a password with colons', basic('colons:a')],
    ['an unknown user', basic('nobody:root')],
    ['an empty name', basic(':root')],
    ['an empty password', basic('root:')],
    ['no colon', basic('root')],
    ['a scheme that is nearly Basic', `Basi ${base64('root:root')}`],
    ['Bearer', `Bearer ${base64('root:root')}`],
    ['no space', `Basic${base64('root:root')}`],
    ['a tab', `Basic\t${base64('root:root')}`],
    ['trailing garbage', `${basic('root:root')} x`],
    ['text that is not base64', 'Basic root:root'],
    ['bytes that are not UTF-8', 'Basic cm9vdDrpYQ=='],
    ['a very long header', basic(`root:${'x'.repeat(9_000)}`)],
  ])('refuses %s', async (_what, header) => {
    expect((await app.ask(header)).status).toBe(401);
  });

  it('keeps the users of two applications in one process apart', async () => {
    const other = await GuardedApp.start(adapter, usersOf('ada', 'lovelace'));
    try {
      const header = basic('ada:lovelace');
      const asked = [
        app.ask(header),
        other.ask(header),
        app.ask(basic('root:root')),
        other.ask(basic('root:root')),
      ];
      expect(namesOf(await Promise.all(asked))).toEqual([401, 'ada', 'root', 401]);
    } finally {
      await other.close();
    }
  });

  it('answers 500, not 401, and lets nobody in where the users cannot be asked', async () => {
    const broken = await GuardedApp.start(adapter, {
      validate: () => Promise.reject(new Error('the directory is away')),
    });
    try {
      const answer = await broken.ask(basic('root:root'));
      expect(answer.status).toBe(500);
      expect(JSON.stringify(answer.body)).not.toContain('directory');
    } finally {
      await broken.close();
    }
  });

  it('lets clients in while 2,000 wrong passwords come at once, of which it tries two at a time and keeps few', async () => {
    const users = new HeldUsers();
    const flooded = await GuardedApp.start(adapter, users);
    try {
      expect(namesOf([await flooded.ask(basic('steady:good'))])).toEqual(['steady']);
      users.hold();
      const wrong = Array.from({ length: 2_000 }, (_, index) =>
        flooded.ask(basic(`${index % 2 === 0 ? 'steady' : `guess${index}`}:${index}`)),
      );
      // Two are tried, and eight wait for the known user and eight for all the unknown ones together.
      await firstFulfilled(wrong, 2_000 - 18);
      expect(namesOf([await flooded.ask(basic('steady:good'))])).toEqual(['steady']);
      const fresh = flooded.ask(basic('new:good'));
      await users.release();
      expect(namesOf([await fresh])).toEqual(['new']);
      expect(new Set(namesOf(await Promise.all(wrong)))).toEqual(new Set([401]));
      expect(users.most).toBe(2);
      expect(users.asked).toBe(1 + 18 + 1);
    } finally {
      await users.release();
      await flooded.close();
    }
  });
});

/** Users with the password "good", who can be made to keep whoever asks waiting. */
class HeldUsers implements Users {
  asked = 0;
  most = 0;
  private running = 0;
  private gate = Promise.resolve();
  private open = (): void => undefined;

  hold(): void {
    this.gate = new Promise((resolve) => (this.open = resolve));
  }

  async release(): Promise<void> {
    this.open();
    await this.gate;
  }

  knows(name: string): boolean {
    return name === 'steady' || name === 'new';
  }

  async validate(name: string, password: string): Promise<boolean> {
    this.asked += 1;
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await this.gate;
    this.running -= 1;
    return this.knows(name) && password === 'good';
  }
}

/** Waits until that many of the promises are fulfilled, whichever they are. */
function firstFulfilled(promises: Promise<unknown>[], count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let open = count;
    for (const promise of promises) {
      promise.then(() => (open -= 1) === 0 && resolve(), reject);
    }
  });
}

describe('the guard without AuthModule', () => {
  @Controller()
  @UseGuards(BasicAuthGuard)
  class OpenController {
    @Get()
    get(): string {
      return 'open';
    }
  }

  @Module({ controllers: [OpenController] })
  class OpenModule {}

  it('does not start', async () => {
    const create = NestFactory.createApplicationContext(OpenModule, { logger: false, abortOnError: false });
    await expect(create).rejects.toThrow(/Credentials/);
  });
});
