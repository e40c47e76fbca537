import { randomUUID } from 'node:crypto';
import { AwsError } from './core/aws-error.ts';
import type { Fault, Faults } from './core/faults.ts';
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
 * A path that is not one of these is asked of `others`.
 */
export function createLocalRoutes(sns: SnsService, faults: Faults, others: LocalRoutes): LocalRoutes {
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
        return others(method, path, body, headers);
    }
  };
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
