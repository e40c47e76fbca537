import { logger } from '../../../shared/aws/observe.ts';
import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import { factIn, type AlertFact } from './fact.ts';
import { recordTransition, type RecordDeps } from './record-transition.ts';

const FACT_MESSAGE_SCHEMA = 'tocsin.fact/1';

/** A fact that the table refused when its transition was published. */
interface FactMessage {
  readonly schema: typeof FACT_MESSAGE_SCHEMA;
  readonly fact: AlertFact;
  readonly first?: 'acknowledgedAt';
}

export const isFactMessage = (message: unknown): message is FactMessage =>
  (message as Partial<FactMessage>).schema === FACT_MESSAGE_SCHEMA;

/** Adds a transition of an alert to the figures, or leaves it to the queue of incidents while the table refuses. */
export const recordOrQueue = async (
  { queue, ...deps }: RecordDeps & { readonly queue: Queue },
  message: AlertMessage,
): Promise<void> => {
  try {
    await recordTransition(deps, message);
  } catch (error) {
    logger.warn('a fact goes to the queue', { alert: message.alert.id, error: error as Error });
    const known = factIn(message);
    if (known) await sendMessage(queue, { schema: FACT_MESSAGE_SCHEMA, ...known } satisfies FactMessage);
  }
};

/** Adds a fact to the figures that waited in the queue. */
export const recordFact = ({ clock, facts }: RecordDeps, { fact, first }: FactMessage): Promise<void> =>
  facts.noteAlert(fact, clock.now(), first);
