import { logger } from '../../../shared/aws/observe.ts';
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
  /** Finds which transitions were published already. */
  readonly findPublished: (batch: readonly AlertMessage[]) => Promise<(message: AlertMessage) => boolean>;
  /** Adds a transition that was published to the figures, which know it from then on. */
  readonly recordFigure: (message: AlertMessage) => Promise<void>;
  /** Has incidents and figures follow the muted transitions of a batch, as each has its turn. */
  readonly followMuted: (batch: readonly AlertMessage[]) => (message: AlertMessage) => Promise<void>;
}

/**
 * A transition is published within seconds. An older one comes from a stream that is read again, as a mapping that is made again reads
 * it from its beginning, or was held up.
 */
const OLD_MS = 300_000;

/**
 * Publishes each transition of each alert to the topic, for subscribers and for its followers, several in one request. A muted one goes
 * to the audit trail, where that stores it, as do changes of silences, and to incidents and figures, and to nobody else
 * (docs/adr/0136-silences-mute-notifications-not-records.md). Silences are read once for a batch: a later silence was
 * created after the alerts of the batch. An old transition that was published before, or was muted when it happened, is not published. Of
 * dead letters it is not known what was published: those behind them were. See docs/adr/0124-old-news-is-not-told-twice.md.
 */
export const notifier = (deps: () => NotifyDeps) => {
  const ahead: PublishedAhead = new Set();
  return streamBatchReactor<StreamItem>(deps, (batch, { isRedriven }) => {
    const { clock, silences, followersIn, findPublished, recordFigure, followMuted, ...rest } = deps();
    const began = clock.now();
    const now = began.getTime();
    const news = new Map(batch.flatMap(readable));
    const all = [...news.values()].flat();
    const silencesNow = lazy(() => silences.all());
    const followersNow = lazy(() => followersIn(all.map(({ message }) => message)));
    const old = new Set(all.flatMap(({ message, at }) => (now - at.getTime() > OLD_MS ? [message] : [])));
    const publishedBefore = lazy(() => orNone(findPublished([...old])));
    const muted = lazy(async () => {
      const known = await silencesNow();
      const isSo = ({ alert, message, at }: News): boolean =>
        isMuted(alert, known, began) || (old.has(message) && isMuted(alert, known, at));
      return new Set(all.flatMap((each) => (isSo(each) ? [each.message] : [])));
    });
    const follow = lazy(async () => followMuted([...(await muted())]));
    const toPublish = async (message: AlertMessage) => {
      if ((await muted()).has(message)) return undefined;
      if (old.has(message) && !isRedriven && (await publishedBefore())(message)) return undefined;
      return publicationOf(rest, message, (await followersNow())(message));
    };
    const published = publishAhead(
      rest,
      all.map(({ message }) => message),
      toPublish,
      ahead,
    );
    return async (written) => {
      const { before, after } = written;
      if (after?.event && after.event.id !== before?.event?.id) await sendToTrail(rest, after.event);
      for (const { message } of news.get(written) ?? newsIn(written)) {
        if (await published(message)) {
          await recordFigure(message);
          continue;
        }
        if (isAudited(message)) await sendToTrail(rest, message);
        if ((await muted()).has(message)) await (await follow())(message);
      }
    };
  });
};

/** Where it cannot be read which transitions were published, none was: one that is published twice has the same sequence. */
const orNone = async (
  found: Promise<(message: AlertMessage) => boolean>,
): Promise<(message: AlertMessage) => boolean> => {
  try {
    return await found;
  } catch (error) {
    logger.warn('old transitions may be published again', { error: error as Error });
    return () => false;
  }
};

interface News {
  readonly alert: StoredAlert;
  readonly message: AlertMessage;
  /** When it was written. */
  readonly at: Date;
}

const newsIn = (written: Written<StreamItem>): readonly News[] =>
  transitionsIn(written).map((alert) => ({ alert, message: messageOf(alert), at: written.at }));

/** The transitions of a write. One that claims to be an alert and is not one has none; its own turn sets it aside. */
const readable = (written: Written<StreamItem>): readonly (readonly [Written<StreamItem>, readonly News[]])[] => {
  try {
    return [[written, newsIn(written)]];
  } catch {
    return [];
  }
};
