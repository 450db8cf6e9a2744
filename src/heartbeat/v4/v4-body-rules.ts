import { Inject, Injectable } from '@nestjs/common';
import type { BodyRules, IdRule } from '../../canopsis/v4/body';
import type { V4Generation } from '../../canopsis/v4/generation';
import { type Caller, UNKNOWN_USER } from '../../nest/caller.decorator';
import { V4_GENERATION } from '../heartbeat.options';

/** Knows how the bodies of a caller are read. */
@Injectable()
export class V4BodyRules {
  constructor(@Inject(V4_GENERATION) private readonly generation: V4Generation) {}

  of(id: IdRule, { user }: Caller): BodyRules {
    return { id, generation: this.generation, caller: user === UNKNOWN_USER ? undefined : user };
  }
}
