import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AlertMessage } from '../../functions/alerts/events.ts';
import { verified, type SnsEnvelope } from './sns-signature.ts';

/** An HTTP endpoint that is subscribed to the alerts topic. It confirms, verifies and stores every message. */
export interface Subscriber {
  readonly endpoint: string;
  /** Whether its subscription was confirmed, with a signature that verifies. */
  confirmed(): boolean;
  /** Notifications about this alert whose signature verifies, in the order in which they came. */
  about(alertId: string): readonly AlertMessage[];
  /** All that came, as it came. */
  envelopes(): readonly SnsEnvelope[];
  /** Why messages were refused, such as for a wrong signature. */
  refusals(): readonly string[];
  stop(): Promise<void>;
}

export async function startSubscriber(): Promise<Subscriber> {
  const received: AlertMessage[] = [];
  const envelopes: SnsEnvelope[] = [];
  const refusals: string[] = [];
  let confirmed = false;

  const take = async (request: IncomingMessage): Promise<void> => {
    const envelope = JSON.parse(await text(request)) as SnsEnvelope;
    envelopes.push(envelope);
    if (!(await verified(envelope))) throw new Error(`the signature of a ${envelope.Type} does not verify`);
    if (envelope.Type === 'SubscriptionConfirmation') {
      const response = await fetch(envelope.SubscribeURL ?? '');
      if (!response.ok) throw new Error(`the subscription was not confirmed: ${response.status}`);
      confirmed = true;
    } else if (envelope.Type === 'Notification') {
      received.push(JSON.parse(envelope.Message) as AlertMessage);
    }
  };

  const server = createServer((request, response) => {
    take(request).then(
      () => response.end(),
      (error: unknown) => {
        refusals.push(error instanceof Error ? error.message : String(error));
        response.writeHead(400).end();
      },
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/alerts`,
    confirmed: () => confirmed,
    about: (alertId) => received.filter(({ alert }) => alert.id === alertId),
    envelopes: () => envelopes,
    refusals: () => refusals,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
