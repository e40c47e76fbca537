import { streamBatchReactor, type PoisonDeps, type Written } from '../../../shared/aws/stream.ts';
import type { AuditEvent } from '../../../shared/kernel/audit-event.ts';
import type { Clock } from '../../../shared/kernel/clock.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import type { StoredAlert } from '../alert.ts';
import type { AlertMessage } from '../events.ts';
import { isAudited, type FollowersOf } from './followers.ts';
import { publicationOf, type PublishDeps } from './publication.ts';
import { publishAhead, type PublishedAhead } from './publish-ahead.ts';
import { isMuted } from '../silences/silence.ts';
import type { SilenceStore } from '../silences/store.ts';
import { sendToTrail, type TrailDeps } from './send-to-trail.ts';
import { messageOf, transitionsIn } from './transitions-in.ts';

interface StreamItem extends StoredAlert {
  readonly slot: string;
  readonly item: string;
  /** The latest change of a silence, in an item that is one. */
  readonly event: AuditEvent;
}

export interface NotifyDeps extends PoisonDeps, PublishDeps, TrailDeps {
  readonly clock: Clock;
  readonly silences: Pick<SilenceStore, 'all'>;
  /** Finds the followers of each transition of a batch. */
  readonly followersIn: (batch: readonly AlertMessage[]) => Promise<FollowersOf>;
  /** Adds a transition to the figures. */
  readonly recordFigure: (message: AlertMessage) => Promise<void>;
}

/**
 * Publishes each transition of each alert to the topic, for subscribers and for its followers, several in one request. A muted one goes
 * to the audit trail alone, where that stores it, as do changes of silences. Silences are read once for a batch: a later silence was
 * created after the alerts of the batch.
 */
export const notifier = (deps: () => NotifyDeps) => {
  const ahead: PublishedAhead = new Set();
  return streamBatchReactor<StreamItem>(deps, (batch) => {
    const { clock, silences, followersIn, recordFigure, ...rest } = deps();
    const news = new Map(batch.flatMap(readable));
    const all = [...news.values()].flat();
    const silencesNow = lazy(() => silences.all());
    const followersNow = lazy(() => followersIn(all.map(({ message }) => message)));
    const alerts = new Map(all.map(({ message, alert }) => [message, alert]));
    const toPublish = async (message: AlertMessage) => {
      const alert = alerts.get(message);
      if (!alert || isMuted(alert, await silencesNow(), clock.now())) return undefined;
      return publicationOf(rest, message, (await followersNow())(message));
    };
    const published = publishAhead(rest, [...alerts.keys()], toPublish, ahead);
    return async (written) => {
      const { before, after } = written;
      if (after?.event && after.event.id !== before?.event?.id) await sendToTrail(rest, after.event);
      for (const { message } of news.get(written) ?? newsIn(written)) {
        if (await published(message)) await recordFigure(message);
        else if (isAudited(message)) await sendToTrail(rest, message);
      }
    };
  });
};

interface News {
  readonly alert: StoredAlert;
  readonly message: AlertMessage;
}

const newsIn = (written: Written<StreamItem>): readonly News[] =>
  transitionsIn(written).map((alert) => ({ alert, message: messageOf(alert) }));

/** The transitions of a write. One that claims to be an alert and is not one has none; its own turn sets it aside. */
const readable = (written: Written<StreamItem>): readonly (readonly [Written<StreamItem>, readonly News[]])[] => {
  try {
    return [[written, newsIn(written)]];
  } catch {
    return [];
  }
};
