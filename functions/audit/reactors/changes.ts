import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { changedFields } from '../configuration.ts';
import { changesDeps } from '../deps.ts';
import { entryOfEvent } from '../entry.ts';
import { eventIn, type Eventful } from '../event-in.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import type { AuditStore } from '../store.ts';

/** Stores each event that a write of a table carries. */
export const changesReactor = (
  deps: () => PoisonDeps & { readonly clock: Clock; readonly store: Pick<AuditStore, 'add'> },
) =>
  streamReactor<Eventful>(deps, async (written) => {
    const event = eventIn(written);
    if (!event) return;
    const detail = { ...event.detail, ...changedFields(event.subject.kind, written) };
    await deps().store.add(entryOfEvent({ ...event, detail }), deps().clock.now());
  });

export const handler = changesReactor(changesDeps);
