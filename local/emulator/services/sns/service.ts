import { join } from 'node:path';
import type { Assembly, Lambdas, LocalClock, LocalLog } from '../../types.ts';
import type { SendTo } from '../core/async-invoke.ts';
import { openDurableMap } from '../core/durable-map.ts';
import type { Queues } from '../sqs/queues.ts';
import { createSnsApi, type SnsApi } from './api.ts';
import { createDeliveries, type Delivery } from './deliveries.ts';
import { createEnvelopes } from './message.ts';
import { openOutbox, type Outbox, type OutboxItem } from './outbox.ts';
import { openSigner } from './signer.ts';
import { openTopics, type Subscription } from './topics.ts';

export interface SnsService {
  readonly api: SnsApi;
  readonly outbox: Outbox;
  /** PEM, served at the `SigningCertURL`. */
  readonly certificate: string;
  /** Takes up what the last run left, and asks new endpoints of the template to confirm. */
  startDelivery(): void;
  drain(): Promise<void>;
  stop(): void;
}

export async function startSns(options: {
  readonly assembly: Assembly;
  readonly queues: Queues;
  readonly lambdas: Lambdas;
  readonly clock: LocalClock;
  readonly log: LocalLog;
  readonly directory: string | undefined;
  readonly publicUrl: () => string;
  /** Logical id of a topic whose messages are in the outbox too. */
  readonly shownTopic: string | undefined;
  readonly sendTo: SendTo;
}): Promise<SnsService> {
  const { assembly, queues, lambdas, clock, log, sendTo } = options;
  const file = (name: string) => options.directory && join(options.directory, name);
  const subscriptions = openDurableMap<Subscription>(file('subscriptions.jsonl'));
  const pending = openDurableMap<Delivery>(file('deliveries.jsonl'));
  const mails = openDurableMap<OutboxItem>(file('outbox.jsonl'));
  const signer = await openSigner(file('signing-key.json'));

  const topics = openTopics(assembly, subscriptions);
  const outbox = openOutbox(mails);
  const envelopes = createEnvelopes(signer, options.publicUrl, (arn) => topics.topic(arn).signatureVersion);
  const deliveries = createDeliveries({
    assembly,
    topics,
    envelopes,
    pending,
    queues,
    lambdas,
    outbox,
    clock,
    log,
    sendTo,
  });
  return {
    api: createSnsApi({
      topics,
      deliveries,
      outbox,
      clock,
      account: assembly.account,
      shown: assembly.byType('AWS::SNS::Topic').find(({ logicalId }) => logicalId === options.shownTopic)?.arn,
    }),
    outbox,
    certificate: signer.certificate,
    startDelivery() {
      deliveries.start();
      for (const subscription of topics.unasked) deliveries.add(subscription, undefined);
    },
    drain: () => deliveries.drain(),
    stop() {
      deliveries.stop();
      for (const map of [subscriptions, pending, mails]) map.close();
    },
  };
}
