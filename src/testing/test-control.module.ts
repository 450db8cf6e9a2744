import { Controller, Get, Injectable, Module, Post, UseFilters } from '@nestjs/common';
import { CanopsisAnswer } from '../canopsis/answers';
import { CanopsisError } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../canopsis/canopsis-exception.filter';
import { JsonBody } from '../canopsis/json-body.decorator';
import { isJsonObject } from '../events/event';
import type { RecordedAlarm } from './alarm-recorder';
import type { HeartbeatApp } from './heartbeat-app';

/** A year: more is a typing error, and would take hours. */
const LONGEST_MS = 365 * 24 * 3_600_000;

/** The application that the routes below are about. */
@Injectable()
export class TestControl {
  /** Set once the application is there. */
  app?: HeartbeatApp;
}

/** What tests in other languages can do over HTTP: `/test/clock` and `/test/alarms`. Only a test's application has it. */
@Controller('test')
@UseFilters(CanopsisExceptionFilter)
class TestController {
  constructor(private readonly control: TestControl) {}

  /** Moves the clock by `{"advance_ms": N}`, and says what time it is then. */
  @Post('clock')
  @CanopsisAnswer()
  async advance(@JsonBody('event') body: unknown): Promise<{ now: number }> {
    const milliseconds = isJsonObject(body) ? body.advance_ms : undefined;
    if (typeof milliseconds !== 'number' || !(milliseconds >= 0 && milliseconds <= LONGEST_MS)) {
      throw new CanopsisError(400, {
        name: '',
        description: `advance_ms must be a number from 0 to ${LONGEST_MS}.`,
      });
    }
    await this.control.app?.clock.advance(milliseconds);
    return this.now();
  }

  /** What time it is, in milliseconds since the Unix epoch. */
  @Get('clock')
  @CanopsisAnswer()
  now(): { now: number } {
    return { now: this.control.app?.clock.now() ?? 0 };
  }

  /** All alarms so far, oldest first. */
  @Get('alarms')
  @CanopsisAnswer()
  alarms(): readonly RecordedAlarm[] {
    return this.control.app?.alarms ?? [];
  }
}

/** See {@link TestController}. */
@Module({ controllers: [TestController], providers: [TestControl] })
export class TestControlModule {}
