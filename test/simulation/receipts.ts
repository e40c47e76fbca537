import { getEvent } from '../../functions/integrations/receipts/get-event.ts';
import type { EventReceipt } from '../../functions/integrations/receipts/receipt.ts';
import type { Escalation } from '../../functions/paging/escalations/escalation.ts';
import type { Ledger, LedgerReader } from '../../functions/paging/port.ts';
import { systemCaller } from '../../shared/kernel/caller.ts';
import { decisionOf } from '../support/oncall.ts';
import type { SimulatedAlerts } from './alerts.ts';

interface Written {
  readonly alerts: Pick<SimulatedAlerts, 'accepted' | 'alerts' | 'eventReader' | 'spilling' | 'timelineOf'>;
  readonly ledger: LedgerReader;
  /** How a broken build reads it. */
  readonly read?: LedgerReader | undefined;
  readonly escalations: readonly Escalation[];
}

/** Every event that was answered has a receipt, and it says what the alerts and the ledger say. */
export const brokenReceipts = async ({ alerts, ledger, read = ledger, escalations }: Written): Promise<string[]> => {
  const deps = {
    alerts: alerts.eventReader(),
    ledger: read,
    incidentOf: () => Promise.resolve(null),
    routing: { routingOf: () => Promise.resolve(decisionOf()) },
    policies: { byId: () => Promise.resolve(undefined) },
    changes: { one: () => Promise.resolve(undefined) },
    batches: { byName: () => Promise.resolve(undefined) },
  };
  const failures: string[] = [];
  const opened = new Map<string, number>();
  for (const id of new Set(alerts.accepted)) {
    const receipt = await getEvent(deps, { caller: systemCaller('simulation') }, { id }).catch((error: Error) => error);
    if (receipt instanceof Error) failures.push(`${id}: no receipt: ${receipt.message}`);
    else {
      if (receipt.effect === 'opened' && receipt.alert)
        opened.set(receipt.alert.id, (opened.get(receipt.alert.id) ?? 0) + 1);
      failures.push(...(await contradictions({ alerts, ledger, escalations }, receipt)).map((why) => `${id}: ${why}`));
    }
  }
  for (const [alertId, times] of opened)
    if (times > 1) failures.push(`${alertId}: ${times} receipts say that they opened it`);
  return failures;
};

const contradictions = async (
  { alerts, ledger, escalations }: Written,
  { state, alert, effect, acceptedAt, pages, escalation, whyNobody, routing, story }: EventReceipt,
): Promise<string[]> => {
  if (state === 'waiting') return alerts.spilling() > 0 ? [] : ['the receipt waits, and nothing waits in the queue'];
  if (state === 'forgotten') return ['the receipt of a fresh event is forgotten'];
  if (!alert) return ['the receipt of an event that opens or repeats names no alert'];
  const stored = alerts.alerts().find(({ id }) => id === alert.id);
  const entries = alerts.timelineOf(alert.id);
  const written = await ledger(alert.id);
  const course = escalations.find(({ alertId }) => alertId === alert.id);
  const wrong: readonly (readonly [boolean, string])[] = [
    [stored?.status !== alert.status, 'another status than its alert'],
    [
      effect === 'opened' && !entries.some(({ type, at }) => type === 'opened' && at === acceptedAt),
      'opened at no opening',
    ],
    [(stored?.count ?? 0) < 1 || (effect === 'repeated' && alert.count < 2), 'a repeat of an alert without repeats'],
    [JSON.stringify(pages) !== JSON.stringify(ledgerPages(written)), 'other pages than the ledger'],
    [(escalation ?? undefined) !== course?.status, 'another escalation than the ledger'],
    [(routing?.policyId ?? undefined) !== course?.policyId, 'another policy than the ledger'],
    [routing !== null && routing.policyFrom === null, 'no word of what led to the policy'],
    [pages.some(({ status }) => status === 'sent') && whyNobody !== null, 'somebody was paged, and it says nobody was'],
    [
      !pages.some(({ status }) => ['sent', 'planned', 'sending', 'unconfirmed'].includes(status)) &&
        whyNobody === null &&
        escalation !== 'escalating',
      'nobody was paged, and it does not say why',
    ],
    [pages.length > story.length, 'a page that the story leaves out'],
  ];
  return wrong.flatMap(([isWrong, why]) => (isWrong ? [`the receipt has ${why}`] : []));
};

const ledgerPages = (written: Ledger | undefined): readonly object[] =>
  (written?.pages ?? []).map(({ contactId: _, reasonCode: _code, ...page }) => page);
