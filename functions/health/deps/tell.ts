import { sqsClient } from '../../../shared/aws/clients.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { intake, intakeDeps } from '../../alerts/port.ts';
import { monitors } from './monitors.ts';
import { evaluateDeps, rules } from './rules.ts';

/** What the reactor needs that tells the alerts how monitors and rules are. */
export const tellDeps = /* @__PURE__ */ once(() => ({
  clock: systemClock,
  store: monitors(),
  rules: rules(),
  evaluation: evaluateDeps(),
  intake: intake(intakeDeps()),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
