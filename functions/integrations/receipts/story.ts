import type { TimelineEntry } from '../../alerts/port.ts';
import type { IncidentOfAlert } from '../../incidents/port.ts';
import { DEFAULT_POLICY, type Decision } from '../../oncall/port.ts';
import type { Ledger } from '../../paging/port.ts';
import type { Effect, EventReceipt, PagedOf, Routed, Step } from './receipt.ts';

/** All that the contexts know of the alert of an event. */
export interface Facts {
  readonly effect: Effect;
  readonly silence: EventReceipt['silence'];
  readonly ledger: Ledger | undefined;
  /** How the alert would be routed now, where it does not escalate. */
  readonly decision: Decision | undefined;
  /** Whether the policy of that decision exists, or `default`. */
  readonly hasPolicy: boolean;
  readonly incident: IncidentOfAlert | null;
  readonly isResolved: boolean;
  /** Why it changed nothing, where that is known. */
  readonly why?: string | undefined;
  /** Whom of the responders that the event named nobody could page, and why. */
  readonly notPaged?: string | undefined;
}

/** How the alert is routed: as its escalation recorded it. */
export const routedOf = ({ ledger }: Facts): Routed | null =>
  ledger
    ? {
        policyId: ledger.escalation.policyId,
        policyVersion: ledger.escalation.policyVersion,
        policyFrom: ledger.routedBy?.policyFrom ?? null,
        rules: [...(ledger.routedBy?.rules ?? [])],
        suppressed: ledger.escalation.status === 'suppressed',
        urgency: ledger.escalation.urgency,
      }
    : null;

export const pagesOf = ({ ledger }: Facts): PagedOf[] =>
  (ledger?.pages ?? []).map(({ contactId: _, reasonCode: _code, ...page }) => page);

const isOpenEnded = ({ status }: Pick<PagedOf, 'status'>): boolean =>
  status === 'planned' || status === 'sending' || status === 'sent' || status === 'unconfirmed';

/** Why nobody was paged for the alert; null where somebody was, or is about to be. */
export const whyNobody = (facts: Facts): string | null => {
  const { ledger, silence, decision, hasPolicy, isResolved } = facts;
  const pages = pagesOf(facts);
  if (pages.some(isOpenEnded)) return null;
  if (!ledger) {
    if (silence) return `A silence by ${silence.createdBy} covers the alert until ${silence.endsAt}.`;
    if (decision && !hasPolicy)
      return `Nobody made the policy ${[...new Set([decision.policyId, DEFAULT_POLICY])].join(' or ')}.`;
    return isResolved ? 'The alert was resolved before it escalated.' : 'Paging has not followed the alert yet.';
  }
  switch (ledger.escalation.status) {
    case 'suppressed':
      return `${rulesText(ledger.routedBy?.rules)} suppresses it.`;
    case 'silenced':
      return 'A silence covers the alert. It pages when the silence ends.';
    case 'escalating':
      return pages.length === 0 ? null : whyNot(pages);
    case 'held':
      return pages.length === 0 ? 'Somebody acknowledged or snoozed the alert first.' : whyNot(pages);
    default:
      return pages.length === 0 ? 'The alert was over before a step was reached.' : whyNot(pages);
  }
};

const rulesText = (rules: readonly string[] = []): string =>
  rules.length === 0 ? 'A routing rule' : `The routing rule ${rules.map((rule) => `“${rule}”`).join(', then ')}`;

const whyNot = (pages: readonly PagedOf[]): string =>
  [...new Set(pages.map(({ reason }) => reason ?? ''))].filter(Boolean).slice(0, 5).join(' ');

const FROM = {
  rule: 'a routing rule names it',
  service: 'the service names it',
  catch_all: 'it is the catch-all',
} as const;

const EFFECT_TEXT: Readonly<Record<Effect, string>> = {
  opened: 'It opened the alert.',
  repeated: 'It repeated the open alert of its key, which pages nobody again.',
  raised: 'It repeated the open alert of its key, and raised its severity.',
  acknowledged: 'It acknowledged the alert.',
  resolved: 'It resolved the alert.',
  changed: 'It changed the alert.',
  nothing: 'It changed nothing.',
  stored: 'It is stored as a change. A change pages nobody.',
  unknown: 'It went to the alert.',
};

const whom = ({ userId, targetId, channel }: PagedOf): string =>
  `${userId ?? targetId}${channel ? ` by ${channel}` : ''}`;

const ofPage = (page: PagedOf): Step => {
  const { status, reason, sentAt, plannedAt, provider, providerId, deliveredAt } = page;
  const because = reason === null ? '' : ` ${reason}`;
  switch (status) {
    case 'sent': {
      const answer = `${provider ?? 'The provider'} accepted it${providerId ? ` as ${providerId}` : ''}.`;
      const delivery = deliveredAt ? ` It was delivered at ${deliveredAt}.` : '';
      return { at: sentAt, step: 'paged', text: `Paged ${whom(page)}. ${answer}${delivery}` };
    }
    case 'unconfirmed':
      return { at: plannedAt, step: 'paged', text: `Paged ${whom(page)}, unconfirmed.${because}` };
    case 'planned':
    case 'sending':
      return { at: plannedAt, step: 'planned', text: `A page to ${whom(page)} is ${status}.${because}` };
    default:
      return { at: plannedAt, step: 'not_paged', text: `No page to ${whom(page)}.${because}` };
  }
};

const ofIncident = (incident: NonNullable<IncidentOfAlert>): Step =>
  incident.hidden
    ? { at: null, step: 'grouped', text: 'The alert belongs to a private incident.' }
    : {
        at: incident.linkedAt,
        step: 'grouped',
        text: `${incident.linkedBy} linked the alert to the incident ${incident.id}, “${incident.title}”.`,
      };

/** The story of an event in sentences, in the order of time; what has no instant comes where it belongs. */
export const storyOf = (acceptedAt: string, action: string, facts: Facts): Step[] => {
  const { effect, silence, ledger, incident, why, notPaged } = facts;
  const routed = routedOf(facts);
  const nobody = whyNobody(facts);
  return [
    { at: acceptedAt, step: 'received', text: `Accepted: ${action}.` },
    {
      at: acceptedAt,
      step: effect,
      text: effect === 'nothing' && why ? `${EFFECT_TEXT[effect]} ${why}` : EFFECT_TEXT[effect],
    },
    ...(silence
      ? [
          {
            at: null,
            step: 'silenced' as const,
            text: `A silence by ${silence.createdBy} covered the alert, until ${silence.endsAt}.`,
          },
        ]
      : []),
    ...(routed
      ? [
          {
            at: null,
            step: routed.suppressed ? ('suppressed' as const) : ('routed' as const),
            text: routed.suppressed
              ? `${rulesText(routed.rules)} suppresses the alert.`
              : `The policy ${routed.policyId} applies${routed.policyFrom ? `: ${FROM[routed.policyFrom]}` : ''}.` +
                (routed.rules.length > 0 ? ` Rules that matched: ${routed.rules.join(', ')}.` : ''),
          },
        ]
      : []),
    ...(incident ? [ofIncident(incident)] : []),
    ...pagesOf(facts).map(ofPage).toSorted(byTime),
    ...(notPaged ? [{ at: null, step: 'not_paged' as const, text: notPaged }] : []),
    ...(nobody !== null ? [{ at: null, step: 'not_paged' as const, text: `Nobody was paged. ${nobody}` }] : []),
    ...(ledger?.more
      ? [{ at: null, step: 'paged' as const, text: 'There are more pages: see those of the alert.' }]
      : []),
  ];
};

const byTime = (one: Step, other: Step): number => ((one.at ?? '') < (other.at ?? '') ? -1 : 1);

/** What an event did, by what its id says and by the timeline of its alert. */
export const effectOf = (
  event: { readonly action: string; readonly effect: 'opened' | 'repeated' | 'nothing' | undefined; readonly at: Date },
  alert: { readonly openedAt: string } | undefined,
  entries: readonly TimelineEntry[],
): Effect => {
  const at = event.at.toISOString();
  if (event.effect === 'nothing' || event.action.startsWith('failed')) return 'nothing';
  if (!alert) return 'nothing';
  const mine = entries.filter((entry) => entry.at === at).map(({ type }) => type);
  switch (event.action) {
    case 'trigger':
    case 'create':
      if (event.effect === 'opened' || (event.effect === undefined && alert.openedAt === at)) return 'opened';
      return mine.includes('severity_raised') ? 'raised' : 'repeated';
    case 'acknowledge':
      return 'acknowledged';
    case 'resolve':
    case 'close':
    case 'delete':
      return 'resolved';
    default:
      return 'changed';
  }
};
