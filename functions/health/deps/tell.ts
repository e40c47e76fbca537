import { sqsClient } from '../../../shared/aws/clients.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { once } from '../../../shared/kernel/once.ts';
import { intake, intakeDeps } from '../../alerts/port.ts';
import { metrics } from './metrics.ts';
import { monitors } from './monitors.ts';
import { rules, wakeDeps } from './rules.ts';

/** What the reactor needs that tells the alerts how monitors and rules are. */
export const tellDeps = /* @__PURE__ */ once(() => ({
  store: monitors(),
  metrics: metrics(),
  rules: rules(),
  ...wakeDeps(),
  intake: intake(intakeDeps()),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
