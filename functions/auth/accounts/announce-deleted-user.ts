import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import type { Written } from '../../../shared/aws/stream.ts';
import { USER_DELETED_SCHEMA, type UserDeleted } from '../events.ts';
import { USER_ITEM } from '../table.ts';

/** A deleted user's token is accepted for up to a minute, and a request that began with it may still write. */
const DELAY_SECONDS = 120;

/** The user that this write deleted; undefined where it deleted none. */
export const deletedUserIn = ({
  before,
  after,
}: Written<{ readonly sk: string; readonly id: string; readonly status: string }>): UserDeleted | undefined => {
  if (after?.sk !== USER_ITEM || !after.id || after.status !== 'deleted' || before?.status === 'deleted') {
    return undefined;
  }
  return { schema: USER_DELETED_SCHEMA, userId: after.id };
};

/** Sends a message to the contexts that keep something of a user. */
export type AnnounceDeleted = (message: UserDeleted) => Promise<void>;

/** Announces deleted users on the queue of those contexts. */
export const announceDeletedUsers =
  (queue: Queue): AnnounceDeleted =>
  (message) =>
    sendMessage(queue, message, { delaySeconds: DELAY_SECONDS });
