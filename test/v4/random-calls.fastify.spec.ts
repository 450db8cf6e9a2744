import { describeRandomV4Calls } from '../support/random-v4-suite';

describeRandomV4Calls('fastify');
