import { randomUUID } from 'node:crypto';
import type { LocalClock } from '../../emulator/types.ts';
import { AwsError } from '../../emulator/services/core/aws-error.ts';
import { bear, type Faults } from '../../emulator/services/core/faults.ts';
import type { LocalResponse } from '../../emulator/services/local-routes.ts';
import type { Outbox, OutboxItem } from '../../emulator/services/sns/outbox.ts';

/** Answers what is posted to `/_local/teams/<name>` and `/_local/webhooks/<name>`; undefined for another path. */
export type Receivers = (
  path: string,
  body: string,
  headers: Readonly<Record<string, string | undefined>>,
) => Promise<LocalResponse> | undefined;

interface Card {
  readonly attachments?: readonly {
    readonly content?: {
      readonly body?: readonly { readonly text?: string; readonly inlines?: readonly { readonly text?: string }[] }[];
      readonly actions?: readonly { readonly title?: string; readonly url?: string }[];
    };
  }[];
}

/** What a receiver must look at to know who sent a message. https://www.standardwebhooks.com */
const SIGNED = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/**
 * The workflow of a channel in Teams, which takes Adaptive Cards, and a program that takes signed webhooks: what reaches
 * them is in the outbox. Names are free, so that each test has its own. They fail, lag and take things twice as `teams`
 * and `webhook`.
 */
export function createReceivers(outbox: Outbox, faults: Faults, clock: LocalClock, url: () => string): Receivers {
  const receive = async (service: 'teams' | 'webhook', item: Omit<OutboxItem, 'id' | 'at'>): Promise<LocalResponse> => {
    const headers = { 'content-type': 'application/json' };
    try {
      const aftermath = faults.check(service, 'Post');
      for (let times = aftermath?.twice ? 2 : 1; times > 0; times--) {
        outbox.add({ ...item, id: randomUUID(), at: new Date(clock.now()).toISOString() });
      }
      await bear(aftermath);
      // As the workflows of Power Automate answer.
      return { status: 202, headers, body: '' };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { status: error.status, headers, body: JSON.stringify({ message: error.message }) };
    }
  };

  return (path, body, headers) => {
    const [, kind, name] = /^\/_local\/(teams|webhooks)\/([\w-]{1,64})$/.exec(path) ?? [];
    if (kind === undefined || name === undefined) return undefined;
    const to = `${url()}/_local/${kind}/${name}`;
    if (kind === 'webhooks') {
      const signed = Object.fromEntries(SIGNED.map((header) => [header, headers[header] ?? '']));
      return receive('webhook', { kind: 'webhook', to, text: body, headers: signed });
    }
    const content = (JSON.parse(body) as Card).attachments?.[0]?.content;
    const text =
      content?.body
        ?.map(({ text: whole, inlines = [] }) => whole ?? inlines.map((run) => run.text ?? '').join(''))
        .join('\n') ?? '';
    if (text === '') {
      const message = 'A workflow of Teams takes a message with an Adaptive Card';
      return Promise.resolve({ status: 400, headers: {}, body: JSON.stringify({ message }) });
    }
    const buttons = (content?.actions ?? []).map(({ title = '', url: value = '' }) => ({
      action: title.toLowerCase(),
      value,
    }));
    return receive('teams', { kind: 'teams', to, text, buttons });
  };
}
