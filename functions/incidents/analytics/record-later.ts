import { logger } from '../../../shared/aws/observe.ts';
import { sendMessage, type Queue } from '../../../shared/aws/send-message.ts';
import type { AlertMessage } from '../../alerts/events.ts';
import { factIn, type KnownFact } from './fact.ts';
import { recordTransition, type RecordDeps } from './record-transition.ts';

const FACT_MESSAGE_SCHEMA = 'tocsin.fact/1';

/** A fact that the table refused when its transition was published. */
interface FactMessage extends KnownFact {
  readonly schema: typeof FACT_MESSAGE_SCHEMA;
}

export const isFactMessage = (message: unknown): message is FactMessage =>
  (message as Partial<FactMessage>).schema === FACT_MESSAGE_SCHEMA;

/**
 * After a refusal the next facts go to the queue first. Each would wait for the same time-out otherwise, and the transitions behind it,
 * which page people, wait for it.
 */
const SPARED_MS = 30_000;

/** Adds transitions of alerts to the figures, or leaves them to the queue of incidents while the table refuses. */
export const recorderOrQueue = ({ queue, ...deps }: RecordDeps & { readonly queue: Queue }) => {
  let refusedAt: number | undefined;

  return async (message: AlertMessage): Promise<void> => {
    const now = deps.clock.now().getTime();
    if (refusedAt === undefined || now - refusedAt > SPARED_MS) {
      try {
        return await recordTransition(deps, message);
      } catch (error) {
        refusedAt = now;
        logger.warn('facts go to the queue for a while', { alert: message.alert.id, error: error as Error });
      }
    }
    const known = factIn(message);
    if (known) await sendMessage(queue, { schema: FACT_MESSAGE_SCHEMA, ...known } satisfies FactMessage);
  };
};

/** Adds a fact to the figures that waited in the queue. */
export const recordFact = (
  { clock, facts }: Pick<RecordDeps, 'clock'> & { readonly facts: Pick<RecordDeps['facts'], 'noteAlert'> },
  { schema: _, ...known }: FactMessage,
): Promise<void> => facts.noteAlert(known, clock.now());
