import type { Clock } from '../../../shared/kernel/clock.ts';
import { bound } from '../../../shared/kernel/bound.ts';
import type { AlertStore } from '../store.ts';
import { acknowledgeAlert } from './acknowledge-alert.ts';
import { addNote } from './add-note.ts';
import { assignAlert } from './assign-alert.ts';
import { editAlert } from './edit-alert.ts';
import { eventOutcome } from './event-outcome.ts';
import { listAlerts } from './list-alerts.ts';
import { listTimeline } from './list-timeline.ts';
import { resolveAlert } from './resolve-alert.ts';
import { snoozeAlert } from './snooze-alert.ts';
import { unacknowledgeAlert } from './unacknowledge-alert.ts';
import { walkAlerts } from './walk-alerts.ts';

export interface DeskDeps {
  readonly clock: Clock;
  readonly store: Pick<
    AlertStore,
    'byId' | 'change' | 'latestIn' | 'openAlerts' | 'pastIn' | 'resolvedAlerts' | 'seenIn' | 'timeline' | 'whole'
  >;
}

/** All that another context does with single alerts, as the API of another vendor does for its clients. */
export const desk = ({ clock, store }: DeskDeps) => ({
  byId: store.byId,
  latestIn: store.latestIn,
  ...bound(
    {
      outcome: eventOutcome,
      list: listAlerts,
      timeline: listTimeline,
      walk: walkAlerts,
      acknowledge: acknowledgeAlert,
      unacknowledge: unacknowledgeAlert,
      resolve: resolveAlert,
      snooze: snoozeAlert,
      assign: assignAlert,
      note: addNote,
      edit: editAlert,
    },
    { clock, store },
  ),
});
