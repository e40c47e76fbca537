import { notFound } from '../../../shared/kernel/errors.ts';
import type { PageRequest } from '../../../shared/kernel/page.ts';
import type { EscalationStore } from '../escalations/store.ts';
import { escalationView, pageView, type Pages } from '../escalations/view.ts';

export const noEscalation = () =>
  notFound(
    'escalation.not_found',
    'This alert is not escalated: there was no policy when it opened, or no such alert.',
  );

/** How far the escalation of an alert has gone, and a page of its pages, in the order of the steps: sent, or why not. */
export const pages = async (
  { escalations }: { readonly escalations: Pick<EscalationStore, 'escalation' | 'pages'> },
  alertId: string,
  request: PageRequest,
): Promise<Pages> => {
  const escalation = await escalations.escalation(alertId);
  if (!escalation) throw noEscalation();
  const { items, next } = await escalations.pages(alertId, request);
  return { escalation: escalationView(escalation), items: items.map(pageView), next };
};
