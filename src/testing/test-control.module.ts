import { Controller, Get, Injectable, Module, Post, UseFilters } from '@nestjs/common';
import { CanopsisAnswer } from '../canopsis/answers';
import { CanopsisError } from '../canopsis/canopsis-error';
import { CanopsisExceptionFilter } from '../nest/canopsis-exception.filter';
import { JsonBody } from '../nest/json-body.decorator';
import { isJsonObject } from '../util/json-object';
import type { RecordedAlarm } from './alarm-recorder';
import type { HeartbeatApp } from './heartbeat-app';
import { errorText } from '../util/error-text';

const MISSING = 'advance_ms is missing: {"advance_ms": 60000} moves the clock by a minute.';

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
    if (milliseconds === undefined) throw new CanopsisError(400, { name: '', description: MISSING });
    try {
      // What is no number is refused by the clock, as from a test.
      await this.control.app?.clock.advance(milliseconds as number);
    } catch (error) {
      const description = `advance_ms: ${errorText(error)}.`;
      throw new CanopsisError(error instanceof TypeError ? 400 : 500, { name: '', description });
    }
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
