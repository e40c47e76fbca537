import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { invalid } from '../../../shared/kernel/errors.ts';
import { actorOf } from '../../../shared/kernel/audit-event.ts';
import type { Intake } from '../../alerts/port.ts';
import type { Observation } from './messages.ts';
import type { Tally } from '../resources/tally.ts';
import { withDefaults, type Sender } from '../sender.ts';
import { handIn, type Reported } from '../receipts/hand-in.ts';
import { idOfAll, type BatchDeps } from '../receipts/batch.ts';
import { foldedBySubject } from './batch.ts';

export interface Ingested {
  /** By which people find what became of them; undefined where the message has no alert. */
  readonly eventId: string | undefined;
  readonly firing: number;
  readonly resolved: number;
}

export interface IngestDeps extends BatchDeps {
  readonly intake: Pick<Intake, 'observe' | 'resolve' | 'acknowledge'>;
  readonly tally: Pick<Tally, 'accepted' | 'rejected'>;
}

const AT_ONCE = 25;

/** A refusal says of at most so many alerts what is wrong with them. */
const MOST_NAMED = 20;

/**
 * Hands reports to the intake of the alerts: several at once, those of one subject in their order, repeats as one. When it
 * returns, each is stored. Refuses with `alerts.too_many` before the first write. Where some are invalid, it stores the others
 * and then throws `alerts.invalid`. Where one could not be stored it throws that error, so that the client sends all again.
 */
export const ingest = async (
  deps: IngestDeps,
  sender: Sender,
  observations: readonly Observation[],
): Promise<Ingested> => {
  const { intake, tally } = deps;
  const by = actorOf(sender);
  const ids: string[] = [];
  await mapLimit(foldedBySubject(observations), AT_ONCE, async (about) => {
    for (const observation of about) {
      const reported: Reported =
        observation.kind === 'firing'
          ? { action: 'trigger', event: withDefaults(observation.event, sender) }
          : { action: 'resolve', dedupKey: observation.dedupKey };
      ids.push(await handIn(intake, sourceIn(observation), reported, by));
    }
  });
  const eventId = await idOfAll(deps, ids);
  const errors = observations.flatMap((observation, index) =>
    observation.kind === 'invalid' ? { pointer: `/${index}`, detail: observation.why } : [],
  );
  const stored = observations.length - errors.length;
  if (sender.integration && stored > 0) await tally.accepted(sender.integration.id, stored);
  if (errors.length > 0) {
    const those = errors.length === 1 ? 'One alert is' : `${errors.length} alerts are`;
    const others = stored === 0 ? 'None is stored.' : 'The others are stored.';
    throw invalid('alerts.invalid', `${those} invalid. ${others}`, {
      errors: errors.slice(0, MOST_NAMED),
      eventId,
      extensions: { eventId },
    });
  }
  const firing = observations.filter(({ kind }) => kind === 'firing').length;
  return { eventId, firing, resolved: observations.length - firing };
};

const sourceIn = (observation: Exclude<Observation, { readonly kind: 'invalid' }>): string =>
  observation.kind === 'firing' ? observation.event.source : observation.source;
