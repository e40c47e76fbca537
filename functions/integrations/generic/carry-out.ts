import { actorOf } from '../../../shared/kernel/audit-event.ts';
import { mapLimit } from '../../../shared/kernel/map-limit.ts';
import { idOfEvent, idOfOvertaken, revisionOf, type Intake } from '../../alerts/port.ts';
import { handIn, type Reported } from '../receipts/hand-in.ts';
import type { StoredIntegration } from '../resources/integration.ts';
import { withDefaults, type Sender } from '../sender.ts';
import type { Mapped } from './apply.ts';

export interface CarryOutDeps {
  readonly intake: Pick<Intake, 'observe' | 'resolve' | 'acknowledge' | 'number'>;
}

const AT_ONCE = 10;

/** Hands the events of a message to the alerts, those of one key in their order. Answers the id of each that was handed in. */
export const carryOut = async (
  { intake }: CarryOutDeps,
  { source }: StoredIntegration,
  caller: Sender,
  mapped: readonly Mapped[],
): Promise<ReadonlyMap<Mapped, string>> => {
  const by = actorOf(caller);
  const ids = new Map<Mapped, string>();
  const byKey = [...Map.groupBy(mapped, keyOf).values()];
  await mapLimit(byKey, AT_ONCE, async (ofOneKey) => {
    for (const each of ofOneKey) {
      const reported = reportedBy(each, source, caller);
      if (!reported) continue;
      if (each.order === undefined || reported.action === 'acknowledge')
        ids.set(each, await handIn(intake, source, reported, by));
      else {
        const revision = revisionOf('order', 0, each.order);
        const numbered = await intake.number({ revision, ...stateOf(reported, source) }, by);
        const isOvertaken = 'overtaken' in numbered;
        ids.set(each, isOvertaken ? idOfOvertaken(numbered.overtaken) : idOfEvent(reported.action, numbered));
      }
    }
  });
  return ids;
};

const reportedBy = (mapped: Mapped, source: string, caller: Sender): Reported | undefined => {
  if (mapped.action === 'trigger')
    return { action: 'trigger', event: withDefaults({ ...mapped.event, source }, caller) };
  return mapped.action === 'resolve' || mapped.action === 'acknowledge' ? mapped : undefined;
};

/** The thing is wrong, or over. */
const stateOf = (reported: Reported, source: string) =>
  reported.action === 'trigger'
    ? { wrong: reported.event }
    : { over: { source, dedupKey: reported.dedupKey, note: '' } };

/** The deduplication key of what is handed in; null where nothing is. */
export const keyOf = (mapped: Mapped): string | null => {
  if (mapped.action === 'trigger') return mapped.event.dedupKey;
  return mapped.action === 'resolve' || mapped.action === 'acknowledge' ? mapped.dedupKey : null;
};
