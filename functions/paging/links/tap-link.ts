import type { Action } from '../../../shared/channels/channel.ts';
import type { Caller, Request } from '../../../shared/kernel/caller.ts';
import { Problem } from '../../../shared/kernel/errors.ts';
import { sha256 } from '../../../shared/kernel/ids.ts';
import type { Alert } from '../../alerts/port.ts';
import type { Person } from '../../auth/port.ts';
import type { Outcome } from './link.ts';
import { known, shown, type OpenDeps, type Opened } from './open-link.ts';
import type { LinkStore } from './store.ts';

export type Acts = Readonly<
  Record<
    Action,
    (
      request: Pick<Request, 'caller'>,
      input: { readonly id: string; readonly note: string; readonly key: string },
    ) => Promise<Alert>
  >
>;

export interface TapDeps extends OpenDeps {
  readonly links: OpenDeps['links'] & Pick<LinkStore, 'use' | 'settle'>;
  readonly acts: Acts;
}

/** A user who acts through something that was sent to them, rather than by a login. */
export const callerOf = ({ id, username }: Person): Caller => ({
  kind: 'user',
  id,
  name: username,
  sessionId: '',
  roles: [],
  permissions: [],
  tier: 'standard',
  restricted: false,
});

/**
 * Acts for a person, once for each key. The outcome says what was done, or why nothing was, such as that somebody else was faster.
 */
export const outcomeOf = async (
  acts: Acts,
  action: Action,
  person: Person,
  { alertId, ...input }: { readonly alertId: string; readonly note: string; readonly key: string },
): Promise<Outcome> => {
  try {
    await acts[action]({ caller: callerOf(person) }, { id: alertId, ...input });
    return { code: 'done', action };
  } catch (error) {
    if (error instanceof Problem && error.kind === 'conflict') return refusal(error);
    throw error;
  }
};

const refusal = ({ code, message, extras }: Problem): Outcome => {
  const { alert } = (extras.extensions ?? {}) as { readonly alert?: Alert };
  switch (alert && code) {
    case 'alert.resolved':
      return { code: 'already_resolved', by: alert?.resolvedBy ?? null, at: alert?.resolvedAt ?? null };
    case 'alert.acknowledged':
      return { code: 'already_acknowledged', by: alert?.acknowledgedBy ?? null, at: alert?.acknowledgedAt ?? null };
    default:
      return { code: 'refused', detail: message };
  }
};

/** Names what a person does by something that was sent or received, as the alert remembers it. No token is in it. */
export const keyOf = (kind: 'link' | 'reply', id: string): string => `${kind}:${sha256(id).slice(0, 24)}`;

/**
 * Does what a link says, once, in the name of its person. A second tap shows the outcome and changes
 * nothing, even if the alert is firing again. If a function died in the middle, the next tap continues.
 */
export const tapLink = async (deps: TapDeps, { key: token }: { readonly key: string }): Promise<Opened> => {
  const before = await known(deps, token);
  const { link, alert, person } = before;
  if (link.outcome !== undefined) return shown(deps, before);
  const usedAt = deps.clock.now();
  await deps.links.use(token, usedAt);
  const outcome = await outcomeOf(deps.acts, link.action, person, {
    alertId: link.alertId,
    note: 'By a link that was sent.',
    key: keyOf('link', token),
  });
  await deps.links.settle(token, outcome);
  const used = { ...link, usedAt: usedAt.toISOString(), outcome };
  return shown(deps, { link: used, alert: (await deps.alertNow(link.alertId)) ?? alert, person });
};
