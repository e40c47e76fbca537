import { sqsClient } from '../../../shared/aws/clients.ts';
import { cloudWatch } from '../../../shared/aws/cloudwatch.ts';
import type { Inspected } from '../../../shared/aws/inspected.ts';
import { visibleMessages } from '../../../shared/aws/visible-messages.ts';
import { systemClock } from '../../../shared/kernel/clock.ts';
import { readEnv } from '../../../shared/kernel/env.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { inspect, type InspectDeps } from '../inspection/inspect.ts';
import { reportFindings } from '../inspection/report-findings.ts';

const inspecting = lazy((): InspectDeps => {
  const { INSPECTED, QUEUES_URL } = readEnv(['INSPECTED', 'QUEUES_URL']);
  const sqs = sqsClient();
  return {
    inspected: JSON.parse(INSPECTED) as Inspected,
    visibleIn: (queue) => visibleMessages({ sqs, queueUrl: `${QUEUES_URL}${queue}` }),
    cloudWatch: cloudWatch(),
  };
});

/** Each five minutes: looks for trouble of Tocsin itself that no function can report of itself. Rejects where CloudWatch did not answer. */
export const inspection = (deps: () => InspectDeps) => async (event?: { readonly time?: string }) => {
  const at = event?.time === undefined ? systemClock.now() : new Date(event.time);
  const { unread, ...findings } = await inspect(deps(), at);
  reportFindings(findings);
  // The alarm on failed inspections rings.
  if (unread) throw unread;
};

export const handler = inspection(inspecting);
