import type { Alert, Actor } from './alert.ts';
import type { TransitionType } from './transitions.ts';

export {
  FOLLOWERS_ATTRIBUTE,
  followersBy,
  type Concern,
  type Follower,
  type FollowersOf,
} from './publish/followers.ts';
export { slotOfId } from './alert.ts';
export { consequencesOf, transitionsWhere } from './transitions.ts';

/** Version of the message that subscribers of the topic receive. A change that breaks a reader gets a new one. */
export const ALERT_MESSAGE_SCHEMA = 'tocsin.alert/1';

/**
 * The message that is published to the topic for each transition. Subscribers may see one twice after a crash, and out of
 * order where their protocol allows it: the pair of `alert.id` and `sequence` names the transition.
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
  /** A silence muted it: incidents and figures follow it, and no subscriber receives it. */
  readonly muted?: true;
  readonly alert: Alert;
}

export const isAlertMessage = (received: unknown): received is AlertMessage => {
  const { schema, transition, sequence, at, actor, alert } = (received ?? {}) as Partial<AlertMessage>;
  return schema === ALERT_MESSAGE_SCHEMA && !!(transition && sequence && at && actor && alert);
};

/** The message of the topic that a queue delivered. Throws for anything else. */
export const alertMessageIn = (received: unknown): AlertMessage => {
  if (!isAlertMessage(received)) throw new Error(`Not a message of the schema ${ALERT_MESSAGE_SCHEMA}`);
  return received;
};
