import type { Clock } from '../../../shared/kernel/clock.ts';
import { notFound } from '../../../shared/kernel/errors.ts';
import { own } from '../../../shared/kernel/own.ts';
import type { Page } from '../../../shared/kernel/page.ts';
import { eventIdIn, type Alert, type TimelineEntry } from '../../alerts/port.ts';
import { outcomeOf } from '../receipts/outcome-of.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { isDeleted, opsgenieAlert, priorityOf } from './alert.ts';
import { ACTIONS } from './actions.ts';
import { FAILED, failureSentence } from './failure.ts';
import { findAlert, type AlertDesk, type Named } from './find-alert.ts';
import { queryOf, sorted } from './query.ts';
import { savedQuery, type SearchDeps } from './saved-searches.ts';
import { senderBy } from '../sender.ts';

interface ReadDeps {
  readonly desk: Pick<AlertDesk, 'byId' | 'latestIn' | 'walk' | 'list' | 'outcome' | 'timeline'>;
  readonly views: SearchDeps['views'];
  readonly clock: Clock;
}

export const noSuchAlert = () => notFound('alert.not_found', 'Alert does not exist');

/** One alert of the integration. */
export const getAlert = async ({ desk }: ReadDeps, integration: StoredIntegration, named: Named) => {
  const alert = await findAlert(desk, integration, named);
  if (!alert) throw noSuchAlert();
  return opsgenieAlert(alert, integration);
};

interface FoundBy {
  readonly query?: string | undefined;
  /** The id or the name of a saved search. */
  readonly searchIdentifier?: string | undefined;
  readonly searchIdentifierType?: string | undefined;
}

export interface ListQuery extends FoundBy {
  readonly offset: number;
  readonly limit: number;
  readonly sort?: string | undefined;
  readonly order?: string | undefined;
}

/** A list is made of at most so many alerts, the unresolved ones first, each part newest first. */
const MOST_LISTED = 1_000;
const PAGE = 100;

/** All alerts of an integration that a query and a saved search find, in the order of Opsgenie. */
const found = async (
  { desk, views }: ReadDeps,
  integration: StoredIntegration,
  { query: asked = '', searchIdentifier: identifier, searchIdentifierType: identifierType }: FoundBy,
): Promise<Alert[]> => {
  const saved = identifier ? await savedQuery({ views }, senderBy(integration), { identifier, identifierType }) : '';
  const parts = [saved, asked].filter((each) => each.trim() !== '');
  const query = parts.length > 1 ? parts.map((each) => `(${each})`).join(' AND ') : (parts[0] ?? '');
  const alerts: Alert[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<Alert> = await desk.list({
      source: integration.source,
      ...(query.trim() !== '' && { query: queryOf(query) }),
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    alerts.push(...page.items.filter((alert) => !isDeleted(alert)));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && alerts.length < MOST_LISTED);
  return alerts.slice(0, MOST_LISTED);
};

/** A page of the alerts that a query finds. */
export const listAlerts = async (deps: ReadDeps, integration: StoredIntegration, query: ListQuery) => {
  const all = sorted(await found(deps, integration, query), query, (alert) => priorityOf(alert, integration));
  return {
    total: all.length,
    data: all.slice(query.offset, query.offset + query.limit).map((alert) => opsgenieAlert(alert, integration)),
  };
};

export const countAlerts = async (deps: ReadDeps, integration: StoredIntegration, query: FoundBy): Promise<number> =>
  (await found(deps, integration, query)).length;

const entries = async (
  { desk }: ReadDeps,
  integration: StoredIntegration,
  named: Named,
): Promise<readonly TimelineEntry[]> => {
  const alert = await findAlert(desk, integration, named);
  if (!alert) throw noSuchAlert();
  return (await desk.timeline({ id: alert.id, limit: PAGE })).items;
};

/** The notes of an alert, newest first; of very many the latest hundred entries are read. */
export const listNotes = async (deps: ReadDeps, integration: StoredIntegration, named: Named) =>
  (await entries(deps, integration, named))
    .filter(({ type }) => type === 'noted')
    .map(({ note = '', actor, at, sequence }) => ({
      note,
      owner: actor.name,
      createdAt: at,
      offset: String(sequence),
    }));

/** What happened to an alert, newest first; of very many entries the latest hundred. */
export const listLogs = async (deps: ReadDeps, integration: StoredIntegration, named: Named) =>
  (await entries(deps, integration, named)).map(({ type, note, actor, at, sequence }) => ({
    log: [type.replaceAll('_', ' '), note].filter(Boolean).join(': '),
    type: 'system',
    owner: actor.name,
    createdAt: at,
    offset: String(sequence),
  }));

/**
 * What became of a request. It is done when it is answered, so its status is there at once. A request that waits for the table is not
 * processed yet, which clients know by a header and ask again.
 */
export const getRequest = async (
  { desk }: ReadDeps,
  integration: StoredIntegration,
  { requestId }: { readonly requestId: string },
) => {
  const event = eventIdIn(requestId);
  if (!event) throw notFound('request.not_found', 'Request not found.');
  const outcome = await outcomeOf({ alertById: desk.byId, outcome: desk.outcome }, event);
  if (outcome.state === 'waiting') {
    throw notFound('request.not_processed', 'Request not found. It might not be processed, yet.');
  }
  if (outcome.state === 'forgotten') throw notFound('request.not_found', 'Request not found.');
  const { alert } = outcome;
  if (alert && alert.source !== integration.source) throw notFound('request.not_found', 'Request not found.');
  const isFailed = event.action.startsWith(FAILED);
  const action = isFailed ? event.action.slice(FAILED.length) : event.action;
  const [called, done] = own(ACTIONS, action) ?? [action, 'Processed request'];
  const isSuccess = !isFailed && alert !== null;
  return {
    success: isSuccess,
    isSuccess,
    action: called,
    processedAt: event.at.toISOString(),
    integrationId: integration.id,
    status: isSuccess ? done : failureSentence(isFailed ? event.name : undefined),
    alertId: alert?.id ?? '',
    alias: alert?.dedupKey ?? '',
  };
};
