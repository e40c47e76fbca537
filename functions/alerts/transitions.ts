import * as z from 'zod/mini';
import { own } from '../../shared/kernel/own.ts';

/** The instants of an alert's life that routing and figures follow. It is heard of when a silence over it ends. */
export type Milestone = 'opening' | 'hearing' | 'acknowledgement' | 'end';

/** What follows from a transition of an alert. Besides, each one is published. */
export interface Consequences {
  /** Its escalation begins a new round: in any case, unless it is escalating already, or never. */
  readonly ringsAnew: 'always' | 'unless_escalating' | 'never';
  /** The rules of incidents decide on the alert, where it belongs to no incident yet. */
  readonly mayJoinIncident: boolean;
  /** Messages about the alert in chats are rewritten. */
  readonly rewritesChats: boolean;
  /** Subscribers receive it whose filter names no transitions. */
  readonly isSentByDefault: boolean;
  /** The silences that mute it: each that matches, only one that has muted the alert throughout, or none. */
  readonly mutedBy: 'each_silence' | 'silence_throughout' | 'no_silence';
  readonly milestone: Milestone | null;
  /**
   * Whose doing is stored in the audit trail: anybody's, or only that of people, because a source or the clock does it too, a
   * million times a month, and the timeline of the alert has it.
   */
  readonly audited: 'of_anybody' | 'of_people';
  /** What the timeline of an incident shows of the alert as it then is. */
  readonly shows: 'status' | 'severity';
}

const UNNOTICED: Consequences = {
  ringsAnew: 'never',
  mayJoinIncident: false,
  rewritesChats: false,
  isSentByDefault: false,
  mutedBy: 'each_silence',
  milestone: null,
  audited: 'of_anybody',
  shows: 'status',
};

/** What can happen to an alert, and what follows from it. Each is one transition with a sequence number of its own. */
export const TRANSITIONS = {
  opened: {
    ringsAnew: 'never',
    mayJoinIncident: true,
    rewritesChats: false,
    isSentByDefault: true,
    mutedBy: 'each_silence',
    milestone: 'opening',
    audited: 'of_people',
    shows: 'status',
  },
  severity_raised: {
    ringsAnew: 'unless_escalating',
    mayJoinIncident: true,
    rewritesChats: false,
    isSentByDefault: true,
    mutedBy: 'each_silence',
    milestone: null,
    audited: 'of_people',
    shows: 'severity',
  },
  acknowledged: {
    ringsAnew: 'never',
    mayJoinIncident: false,
    rewritesChats: true,
    isSentByDefault: true,
    mutedBy: 'each_silence',
    milestone: 'acknowledgement',
    audited: 'of_anybody',
    shows: 'status',
  },
  unacknowledged: {
    ringsAnew: 'always',
    mayJoinIncident: true,
    rewritesChats: true,
    isSentByDefault: true,
    mutedBy: 'each_silence',
    milestone: null,
    audited: 'of_anybody',
    shows: 'status',
  },
  snoozed: {
    ringsAnew: 'never',
    mayJoinIncident: false,
    rewritesChats: true,
    isSentByDefault: false,
    mutedBy: 'each_silence',
    milestone: null,
    audited: 'of_anybody',
    shows: 'status',
  },
  snooze_ended: {
    ringsAnew: 'always',
    mayJoinIncident: true,
    rewritesChats: true,
    isSentByDefault: true,
    mutedBy: 'each_silence',
    milestone: null,
    audited: 'of_people',
    shows: 'status',
  },
  /** Messages in chats then show what happened under the silence. */
  silence_ended: {
    ringsAnew: 'unless_escalating',
    mayJoinIncident: true,
    rewritesChats: true,
    isSentByDefault: true,
    mutedBy: 'no_silence',
    milestone: 'hearing',
    audited: 'of_people',
    shows: 'status',
  },
  assigned: UNNOTICED,
  noted: UNNOTICED,
  /** It is published under a silence too where people may have heard of the opening, so that no pager stays open. */
  resolved: {
    ringsAnew: 'never',
    mayJoinIncident: false,
    rewritesChats: true,
    isSentByDefault: true,
    mutedBy: 'silence_throughout',
    milestone: 'end',
    audited: 'of_people',
    shows: 'status',
  },
} as const satisfies Readonly<Record<string, Consequences>>;

export type TransitionType = keyof typeof TRANSITIONS;
export const TRANSITION_TYPES = Object.keys(TRANSITIONS) as [TransitionType, ...TransitionType[]];
export const TransitionType = z.enum(TRANSITION_TYPES);

/** What follows from a transition. From one that a newer version of Tocsin published, nothing does. */
export const consequencesOf = (transition: string): Consequences => own(TRANSITIONS, transition) ?? UNNOTICED;

/** The transitions from which this follows, in the order of the table. */
export const transitionsWhere = (follows: (consequences: Consequences) => boolean): TransitionType[] =>
  TRANSITION_TYPES.filter((each) => follows(TRANSITIONS[each]));
