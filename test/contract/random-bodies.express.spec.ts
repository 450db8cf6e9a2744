import { describeRandomBodies } from '../support/random-bodies-suite';

describeRandomBodies('express');
