import type { AlertMessage } from '../events.ts';
import { consequencesOf } from '../transitions.ts';

/** The parts of Tocsin that read transitions from queues of their own. */
export const FOLLOWERS = ['audit', 'chats', 'incidents', 'paging', 'webhooks'] as const;
export type Follower = (typeof FOLLOWERS)[number];

/** The message attribute that names the followers of a transition. Their queues filter by it. */
export const FOLLOWERS_ATTRIBUTE = 'followers';

type Happened = Pick<AlertMessage, 'transition' | 'actor'>;

/** Whether the audit trail stores a transition beside the timeline of its alert. */
export const isAudited = ({ transition, actor }: Happened): boolean =>
  actor.kind === 'user' || consequencesOf(transition).audited === 'of_anybody';

/** Names the followers of a transition. */
export type FollowersOf = (message: AlertMessage) => readonly Follower[];

/** Whether a context follows the transitions of an alert. */
export type Concern = (message: AlertMessage) => boolean;

const nothing: Concern = () => false;

/** Names the followers of transitions, by what concerns paging, incidents and webhooks. */
export const followersBy =
  (paging: Concern, incidents: Concern, webhooks: Concern = nothing): FollowersOf =>
  (message) => {
    const pages = paging(message);
    return [
      ...(isAudited(message) ? (['audit'] as const) : []),
      ...(pages && consequencesOf(message.transition).rewritesChats ? (['chats'] as const) : []),
      ...(incidents(message) ? (['incidents'] as const) : []),
      ...(pages ? (['paging'] as const) : []),
      ...(webhooks(message) ? (['webhooks'] as const) : []),
    ];
  };
