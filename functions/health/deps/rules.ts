import { sqsClient } from '../../../shared/aws/clients.ts';
import { delayQueue } from '../../../shared/aws/delay-queue.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { currentRules } from '../rules/current-rules.ts';
import { reader } from './metrics.ts';
import { rules, settings } from './stores.ts';

/** What a function needs that judges rules. */
export const evaluation = /* @__PURE__ */ lazy(() => ({ clock: systemClock, rules: rules(), reader: reader() }));

/** The rules in force. */
export const rulesInForce = /* @__PURE__ */ lazy(() =>
  currentRules({ rules: rules(), clock: systemClock, settings: settings() }),
);

/** What a function needs that judges a rule when one of its instances is due. */
export const waking = /* @__PURE__ */ lazy(() => ({
  clock: systemClock,
  evaluation: evaluation(),
  currentRules: rulesInForce(),
  handOver: delayQueue({ sqs: sqsClient(), queueUrl: readEnv(['WAKE_QUEUE']).WAKE_QUEUE }),
}));
