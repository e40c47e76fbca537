import { Problem } from '../../../shared/kernel/errors.ts';

/*
 * Why a request changed nothing. Opsgenie accepts such a request, and its status says so. The code is part of the id of the request, so nothing is
 * stored for it; its letters are those of a name in an id.
 */

/** Begins the action of a request that changed nothing. */
export const FAILED = 'failed';

const SENTENCES = {
  not_found: 'Alert does not exist',
  resolved: 'Alert is closed already',
  acknowledged: 'Alert is acknowledged already',
  not_acknowledged: 'Alert is not acknowledged',
  changed: 'Alert changed at the same moment: send the request again',
  no_user: 'User does not exist',
  no_responder: 'Responder does not exist',
  user_deleted: 'Responder was deleted, so nobody was paged',
  user_disabled: 'Responder is disabled, so nobody was paged',
  no_verified_contact: 'Responder has no verified contact, so nobody was paged',
  low_urgency_unwanted: 'Responder wants no such pages, so nobody was paged',
  nobody_on_call: 'Nobody is on call by the schedule, so nobody was paged',
  nobody_in_team: 'Nobody answers for the team, so nobody was paged',
  nobody: 'Nobody of the responder can be paged: a note of the alert says why',
  held: 'Alert is acknowledged or snoozed, so no step is next: add a responder to page somebody',
  silenced: 'A silence keeps the alert quiet, so no step is next: add a responder to page somebody',
  exhausted: 'The last step of the escalation was reached: add a responder to page somebody',
  suppressed: 'A routing rule suppresses the alert, so no step is next: add a responder to page somebody',
  ended: 'Alert is closed already',
} as const;
export type FailureCode = keyof typeof SENTENCES;

/** The sentence of a code; of requests before there were codes one that fits them all. */
export const failureSentence = (code: string | undefined): string =>
  code !== undefined && Object.hasOwn(SENTENCES, code)
    ? SENTENCES[code as FailureCode]
    : 'Alert does not exist, or is not as the request needs it';

/** The code of a problem: what the verb knew in particular, else the end of the code of the problem. */
export const failureOf = ({ code, extras }: Problem): FailureCode | undefined => {
  const { reason, escalation } = extras.extensions ?? {};
  return [reason, escalation, code.split('.').at(-1)].find(
    (each): each is FailureCode => typeof each === 'string' && Object.hasOwn(SENTENCES, each),
  );
};

/** True for a refusal that a client learns from the status of its request. */
export const isFailure = (error: unknown): error is Problem =>
  error instanceof Problem && (error.kind === 'not_found' || error.kind === 'conflict');
