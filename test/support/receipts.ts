import { settleLimit } from '../../shared/kernel/map-limit.ts';
import type { Client } from './tocsin.ts';

/** The part of a receipt that is checked. */
interface Receipt {
  readonly state: string;
  readonly effect: string;
  readonly alert: { readonly id: string } | null;
  readonly escalation: string | null;
  readonly routing: { readonly policyId: string } | null;
  readonly pages: readonly {
    readonly status: string;
    readonly provider: string | null;
    readonly reason: string | null;
  }[];
  readonly whyNobody: string | null;
  readonly story: readonly { readonly step: string; readonly text: string }[];
  readonly events: readonly { readonly id: string }[];
}

/** So many of the events of a file are read, the latest: each read takes some milliseconds. */
const MOST = 200;
const AT_ONCE = 4;

/** The effects of events that went to an alert. */
const OF_ALERTS = new Set(['opened', 'repeated', 'raised', 'acknowledged', 'resolved', 'changed']);

/** Why a receipt does not explain its event whole; empty where it does. */
export const gapsIn = (receipt: Receipt): string[] => {
  const { state, effect, alert, escalation, routing, pages, whyNobody, story } = receipt;
  const isOwed = pages.some(({ status }) => ['planned', 'sending', 'sent', 'unconfirmed'].includes(status));
  const gaps: readonly (readonly [boolean, string])[] = [
    [story[0]?.step !== 'received', 'does not begin with the acceptance'],
    [story.length < 2, 'says nothing of what became of it'],
    [state === 'applied' && OF_ALERTS.has(effect) && alert === null, 'names no alert'],
    [escalation !== null && routing === null, 'does not say what led to the policy'],
    [
      alert !== null && !isOwed && whyNobody === null && escalation !== 'escalating',
      'does not say why nobody was paged',
    ],
    [isOwed && whyNobody !== null, 'says that nobody was paged, beside a page'],
    [
      pages.some(({ status, provider }) => status === 'sent' && provider === null),
      'leaves out the answer of a provider',
    ],
    [
      pages.some(({ status, reason }) => (status === 'skipped' || status === 'failed') && reason === null),
      'does not say why a person was not paged',
    ],
  ];
  return gaps.flatMap(([isGap, what]) => (isGap ? [what] : []));
};

/** Reads the receipt of each event, and those of the events of a batch. Answers what is missing. */
export const unexplained = async (ids: readonly string[], reader: Client): Promise<string[]> => {
  const wanted = [...new Set(ids)].slice(-MOST);
  const read = async (id: string): Promise<string[]> => {
    const { status, body } = await reader.get<Receipt>(`/api/events/${id}`);
    if (status !== 200) return [`${id} has no receipt: ${status} ${JSON.stringify(body)}`];
    const gaps = body.events.length > 0 ? [] : gapsIn(body).map((gap) => `${id} ${gap}: ${JSON.stringify(body)}`);
    return [...gaps, ...(await Promise.all(body.events.slice(0, 5).map((each) => read(each.id)))).flat()];
  };
  const settled = await settleLimit(wanted, AT_ONCE, read);
  return settled.flatMap((ended, at) =>
    ended.status === 'fulfilled' ? ended.value : [`${wanted[at]}: ${String(ended.reason)}`],
  );
};
