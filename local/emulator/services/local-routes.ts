import { randomUUID } from 'node:crypto';
import { AwsError } from './core/aws-error.ts';
import type { Fault, Faults } from './core/faults.ts';
import { pressRequest } from '../../tocsin/stand-ins/slack.ts';
import type { Receivers } from '../../tocsin/stand-ins/receivers.ts';
import { missingParameter, snsNamespace } from './sns/api.ts';
import { outboxPage } from './sns/outbox.ts';
import { queryError, queryResponse, readQuery } from './sns/query-protocol.ts';
import type { SnsService } from './sns/service.ts';

export interface LocalResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export type LocalRoutes = (
  method: string,
  /** With its query. */
  path: string,
  body: string | undefined,
  headers?: Readonly<Record<string, string | undefined>>,
) => Promise<LocalResponse | undefined>;

/**
 * What the run offers beside AWS: the outbox, failures on order, and the pages that a topic's messages link to.
 * Answers undefined for a path that is not one of these.
 */
export function createLocalRoutes(
  sns: SnsService,
  faults: Faults,
  inbound: Inbound,
  receivers: Receivers,
): LocalRoutes {
  return async (method, path, body, headers = {}) => {
    const url = new URL(path, 'http://127.0.0.1');
    const route = `${method} ${url.pathname.replace(/(?<=.)\/$/, '')}`;
    switch (route) {
      case 'GET /_local/outbox': {
        const wantsPage =
          url.searchParams.get('format') === 'html' ||
          (url.searchParams.get('format') === null && String(headers['accept'] ?? '').includes('text/html'));
        const items = sns.outbox.list();
        return wantsPage ? html(outboxPage(items)) : json(200, { items });
      }
      case 'DELETE /_local/outbox':
        sns.outbox.clear();
        return json(200, { items: [] });
      case 'POST /_local/sms':
        return answerSms(sns, inbound, body);
      case 'POST /_local/slack':
        return pressButton(sns, inbound, body);
      case 'GET /_local/faults':
        return json(200, { items: faults.list() });
      case 'POST /_local/faults':
        try {
          faults.add(JSON.parse(body ?? '') as Fault);
          return json(201, { items: faults.list() });
        } catch (error) {
          return json(400, { message: error instanceof Error ? error.message : 'Not a fault' });
        }
      case 'DELETE /_local/faults':
        faults.clear(url.searchParams.get('service') ?? undefined);
        return json(200, { items: faults.list() });
      case 'GET /_local/sns/SimpleNotificationService.pem':
        return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: sns.certificate };
      case 'GET /_local/sns':
      case 'POST /_local/sns':
        return followLink(sns, url.searchParams);
      default:
        return method === 'POST' ? receivers(url.pathname, body ?? '', headers) : undefined;
    }
  };
}

/** What it takes to do as people do who got a message. */
export interface Inbound {
  /** Where text messages to our number go; undefined where nobody reads them. */
  readonly topicArn: string | undefined;
  readonly publicUrl: () => string;
  /** What the stand-in of Slack signs its requests with. */
  readonly slackSigningSecret: string;
  readonly now: () => Date;
}

/** A phone answers: `{ from, text }` is published as AWS publishes what comes in to a number for two-way SMS. */
function answerSms(sns: SnsService, { topicArn }: Inbound, body: string | undefined): LocalResponse {
  const { from, text, id = randomUUID() } = JSON.parse(body ?? '{}') as Record<string, string>;
  if (!topicArn || !from || !text) return json(400, { message: 'Send { "from": "+49…", "text": "A 1234" }' });
  const message = {
    originationNumber: from,
    destinationNumber: '+4915100000000',
    messageKeyword: 'KEYWORD',
    messageBody: text,
    inboundMessageId: id,
  };
  sns.api.publish(topicArn, JSON.stringify(message), {});
  return json(202, { id });
}

/** Somebody presses a button of a message in the outbox: `{ id, action }`, and `user` where it is not whom it was sent to. */
async function pressButton(
  sns: SnsService,
  { publicUrl, slackSigningSecret, now }: Inbound,
  body: string | undefined,
): Promise<LocalResponse> {
  const { id, action, user } = JSON.parse(body ?? '{}') as Record<string, string>;
  const message = sns.outbox.list().find((each) => each.id === id);
  const value = message?.buttons?.find((each) => each.action === action)?.value;
  if (!message || value === undefined) return json(404, { message: 'There is no such button in the outbox' });
  const { headers, body: form } = pressRequest(slackSigningSecret, user ?? message.to, value, now());
  const answer = await fetch(`${publicUrl()}/slack/interactions`, { method: 'POST', headers, body: form });
  return json(answer.status, { answer: await answer.text() });
}

// Only what a link in a message may do.
function followLink(sns: SnsService, parameters: URLSearchParams): LocalResponse {
  const operation = parameters.get('Action') ?? '';
  const requestId = randomUUID();
  const headers = { 'content-type': 'text/xml' };
  try {
    if (operation !== 'ConfirmSubscription' && operation !== 'Unsubscribe') {
      throw new AwsError('InvalidAction', `There is no link for ${operation}`);
    }
    const result = sns.api.handle(operation, readQuery(parameters, missingParameter));
    return { status: 200, headers, body: queryResponse(snsNamespace, operation, result, requestId) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { status: error.status, headers, body: queryError(snsNamespace, error, requestId) };
  }
}

function json(status: number, value: object): LocalResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function html(body: string): LocalResponse {
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}
