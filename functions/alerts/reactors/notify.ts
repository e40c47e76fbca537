import { streamBatchReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import type { StoredAlert } from '../alert.ts';
import { notifyDeps } from '../deps.ts';
import { publishTransition, type PublishDeps } from '../publish/publish-transition.ts';
import { isMuted } from '../silences/silence.ts';
import type { SilenceStore } from '../silences/store.ts';
import { sendToTrail, type TrailDeps } from '../publish/send-to-trail.ts';
import { messageOf, transitionsIn } from '../publish/transitions-in.ts';

interface StreamItem extends StoredAlert {
  readonly slot: string;
  readonly item: string;
  /** The latest change of a silence, in an item that is one. */
  readonly event: AuditEvent;
}

export interface NotifyDeps extends PoisonDeps, PublishDeps, TrailDeps {
  readonly clock: Clock;
  readonly silences: Pick<SilenceStore, 'all'>;
}

/**
 * Publishes each transition of each alert to the topic. Muted transitions go to the audit trail alone, as do changes of
 * silences. Silences are read once for a batch: a later silence was created after the alerts of the batch.
 */
export const notifier = (deps: () => NotifyDeps) =>
  streamBatchReactor<StreamItem>(deps, () => {
    const { clock, silences, ...rest } = deps();
    const silencesNow = lazy(() => silences.all());
    return async (written) => {
      const { before, after } = written;
      if (after?.event && after.event.id !== before?.event?.id) await sendToTrail(rest, after.event);
      for (const alert of transitionsIn(written)) {
        const message = messageOf(alert);
        if (isMuted(alert, await silencesNow(), clock.now())) await sendToTrail(rest, message);
        else await publishTransition(rest, message);
      }
    };
  });

export const handler = notifier(notifyDeps);
