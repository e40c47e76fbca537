export { RELEASES } from './alert.ts';
import type { Alert, Actor, TransitionType } from './alert.ts';

/** Version of the message that subscribers of the topic receive. A change that breaks a reader gets a new one. */
export const ALERT_MESSAGE_SCHEMA = 'tocsin.alert/1';

/**
 * What is published to the topic for each transition. Subscribers may see one twice after a crash, and out of order
 * where their protocol allows it: the pair of `alert.id` and `sequence` names the transition.
 */
export interface AlertMessage {
  readonly schema: typeof ALERT_MESSAGE_SCHEMA;
  readonly transition: TransitionType;
  /** 1 for `opened`, then one more with each transition of this alert. */
  readonly sequence: number;
  /** When it happened, RFC 3339 UTC. */
  readonly at: string;
  readonly actor: Actor;
  readonly note?: string;
  /** The alert was too long for SNS: its description is cut, annotations and perhaps labels are left out. */
  readonly truncated?: true;
  readonly alert: Alert;
}
