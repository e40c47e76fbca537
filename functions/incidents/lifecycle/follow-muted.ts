import { logger } from '../../../shared/aws/observe.ts';
import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { consequencesOf, type AlertMessage } from '../../alerts/events.ts';
import { ruleFor } from '../rules/rule.ts';
import type { ConcernDeps } from './concern.ts';

export interface MutedDeps extends ConcernDeps {
  readonly queue: Queue;
  readonly recordFigure: (message: AlertMessage) => Promise<void>;
}

/**
 * Follows the muted transitions of a batch, each when it is handed in: sends it to the incidents that it concerns, and adds it to the
 * figures. An opening concerns neither. The links of the batch are read once, and only where it is more than openings.
 */
export const followMuted = (
  { incidents, knownRules, queue, recordFigure }: MutedDeps,
  batch: readonly AlertMessage[],
): ((message: AlertMessage) => Promise<void>) => {
  const concern = lazy(() => concernOf({ incidents, knownRules }, batch));
  return async (message) => {
    if (message.sequence === 1) return;
    const muted: AlertMessage = { ...message, muted: true };
    if ((await concern())(message)) await sendMessage(queue, muted);
    await recordFigure(muted);
  };
};

/**
 * A muted transition concerns incidents where its alert belongs to one, or may be about to join one by a rule. The end of an alert that was
 * muted throughout has no rule link it. Where it cannot be read, it concerns them.
 */
const concernOf = async (
  { incidents, knownRules }: ConcernDeps,
  batch: readonly AlertMessage[],
): Promise<(message: AlertMessage) => boolean> => {
  const followed = batch.filter(({ sequence }) => sequence > 1);
  try {
    const [linked, rules] = await Promise.all([
      incidents.linked([...new Set(followed.map(({ alert }) => alert.id))]),
      knownRules(),
    ]);
    return ({ alert, transition }) =>
      linked.has(alert.id) || (consequencesOf(transition).milestone !== 'end' && ruleFor(rules, alert) !== undefined);
  } catch (error) {
    logger.warn('every muted transition of the batch goes to incidents', { error: error as Error });
    return () => true;
  }
};
