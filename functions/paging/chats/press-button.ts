import * as z from 'zod/mini';
import { forbidden, invalid, unauthenticated } from '../../../shared/kernel/errors.ts';
import type { ContactStore } from '../../../shared/contacts/store.ts';
import { known } from '../links/open-link.ts';
import { tapLink, type TapDeps } from '../links/tap-link.ts';
import type { PagingSecret } from '../../../shared/channels/paging-secret.ts';
import { isSlacks } from './signature.ts';

export interface PressDeps extends TapDeps {
  readonly secret: () => Promise<PagingSecret>;
  readonly contacts: Pick<ContactStore, 'of'>;
}

/** The part of Slack's payload of a pressed button that is read. */
const Pressed = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string() }),
  actions: z.array(z.object({ value: z.string().check(z.maxLength(64)) })).check(z.minLength(1)),
});

const pressedIn = (body: string): z.infer<typeof Pressed> => {
  try {
    return Pressed.parse(JSON.parse(new URLSearchParams(body).get('payload') ?? ''));
  } catch (cause) {
    throw invalid('slack.payload', 'The payload is no pressed button of Slack. Send the payload as Slack does.', {
      cause,
    });
  }
};

/**
 * Does what a button in Slack says, once, for the person whom the message was sent to and nobody else. The message changes
 * as the alert does. Throws `slack.signature` for what is not Slack's, or is older than five minutes.
 */
export const pressButton = async (
  deps: PressDeps,
  request: { readonly body: string; readonly timestamp: string; readonly signature: string },
): Promise<void> => {
  const { slackSigningSecret } = await deps.secret();
  if (!isSlacks(slackSigningSecret, request, deps.clock.now())) {
    throw unauthenticated(
      'slack.signature',
      'The request is not signed by Slack, or is older than five minutes. Send it again with a current signature.',
    );
  }
  const { user, actions } = pressedIn(request.body);
  const token = actions[0]?.value ?? '';
  const { link } = await known(deps, token);
  const theirs = await deps.contacts.of(link.userId);
  if (!theirs.some(({ channel, to, verified }) => channel === 'slack' && to === user.id && verified)) {
    throw forbidden('slack.person', 'The button belongs to another user. Use the buttons of your own messages.');
  }
  await tapLink(deps, { key: token });
};
