import { notFound } from '../../../shared/kernel/errors.ts';
import type { PageRequest } from '../../../shared/kernel/page.ts';
import type { EscalationStore } from '../escalations/store.ts';
import { alertSubject } from '../subject.ts';
import { escalationView, pageView, type Pages } from '../escalations/view.ts';

export const noEscalation = () =>
  notFound(
    'escalation.not_found',
    'This alert is not escalated: it was silenced or no policy applied when it opened, or there is no such alert.',
  );

export interface ListPagesDeps {
  readonly escalations: Pick<EscalationStore, 'escalation' | 'pages'>;
}

/** How far the escalation of an alert has gone, and a page of its pages, in the order of the steps: sent, or why not. */
export const listPages = async (
  { escalations }: ListPagesDeps,
  { id, ...request }: PageRequest & { readonly id: string },
): Promise<Pages> => {
  const escalation = await escalations.escalation(id);
  if (!escalation) throw noEscalation();
  const { items, next } = await escalations.pages(alertSubject(id), request);
  return { escalation: escalationView(escalation), items: items.map(pageView), next };
};
