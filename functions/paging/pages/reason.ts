import type { ChannelName } from '../../../shared/channels/channel.ts';
import type { Target } from '../../oncall/port.ts';

/** Why a page is skipped, has failed, may not have been delivered, or waits. Code compares codes; people read sentences. */
export type Reason =
  | {
      readonly code:
        | 'user_deleted'
        | 'user_disabled'
        | 'no_verified_contact'
        | 'low_urgency_unwanted'
        | 'contact_unverified'
        | 'contact_deleted'
        | 'nobody_on_call'
        | 'nobody_in_team'
        | 'outside_hours'
        | 'waits_for_digest'
        | 'unanswered'
        | 'unanswered_twice'
        | 'reached_elsewhere'
        | 'alert_gone'
        | 'incident_gone'
        | 'incident_over'
        | 'left_incident'
        | 'superseded_round'
        | 'silence_began';
    }
  | { readonly code: 'unknown_target'; readonly target: Target['type'] }
  | { readonly code: 'channel_missing' | 'channel_off'; readonly channel: ChannelName }
  | { readonly code: 'refused'; readonly error: string }
  | { readonly code: 'undelivered'; readonly event: string }
  | { readonly code: 'resolved' | 'acknowledged'; readonly by: string | null }
  | { readonly code: 'snoozed' | 'quiet_hours'; readonly until: string }
  | { readonly code: 'silenced'; readonly by: string; readonly until: string };

export type ReasonCode = Reason['code'];

type Sentences = { readonly [Code in ReasonCode]: (reason: Extract<Reason, { code: Code }>) => string };

const MAX_NAME_CHARS = 64;

const SENTENCES: Sentences = {
  user_deleted: () => 'The user was deleted.',
  user_disabled: () => 'The user was disabled.',
  no_verified_contact: () => 'The user has no verified contact.',
  low_urgency_unwanted: () => 'The user wants no pages of low urgency.',
  contact_unverified: () => 'The contact is gone or not verified.',
  contact_deleted: () => 'The contact was deleted.',
  unknown_target: ({ target }) => `There was no such ${target}.`,
  nobody_on_call: () => 'Nobody was on call by the schedule.',
  nobody_in_team: () => 'Nobody answers for the team.',
  outside_hours: () => 'The step counts at other hours.',
  quiet_hours: ({ until }) => `Quiet hours last until ${until}.`,
  waits_for_digest: () => 'Many pages came at once. This one waits for the next digest.',
  channel_missing: ({ channel }) => `This stage sends nothing by ${channel}.`,
  channel_off: ({ channel }) => `The configuration has nothing sent by ${channel}.`,
  refused: ({ error }) => `The provider did not take it: ${error}.`,
  undelivered: ({ event }) => `The provider took it and could not deliver it: ${event}.`,
  unanswered: () =>
    'The provider gave no answer: the page may have been delivered. It is repeated once, unless another channel reaches the user.',
  unanswered_twice: () => 'The provider gave no answer, twice: the page may have been delivered.',
  reached_elsewhere: () => 'The provider gave no answer, and another channel reached the user.',
  alert_gone: () => 'The alert is gone.',
  resolved: ({ by }) => `${by} had resolved the alert.`,
  acknowledged: ({ by }) => `${by} had acknowledged the alert.`,
  snoozed: ({ until }) => `The alert was snoozed until ${until}.`,
  silenced: ({ by, until }) => `A silence by ${by.slice(0, MAX_NAME_CHARS)} keeps the alert quiet until ${until}.`,
  superseded_round: () => 'Another round had begun, which pages again.',
  silence_began: () => 'A silence had begun, whose end pages again.',
  incident_gone: () => 'The incident is gone.',
  incident_over: () => 'The incident was over.',
  left_incident: () => 'They took no part in it any more.',
};

export const REASON_CODES = Object.keys(SENTENCES) as ReasonCode[];

/** The reason in a sentence, for the API, timelines and messages. */
export const sentenceOf = (reason: Reason): string => (SENTENCES[reason.code] as (reason: Reason) => string)(reason);
