import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { AlertMessage } from '../events.ts';
import { isMuted } from '../silences/silence.ts';
import type { SilenceStore } from '../silences/store.ts';
import type { AlertStore } from '../store.ts';
import { messageOf } from '../publish/transitions-in.ts';
import { unresolvedPage } from './unresolved-page.ts';

/** An unresolved alert, as the topic publishes it. */
export interface OpenAlert {
  readonly message: AlertMessage;
  /**
   * The topic has published its latest transition: that was before the instant in question, and no silence mutes or muted it.
   */
  readonly isTold: boolean;
  /** The number of the transition by which it last rang again; undefined where it never did. */
  readonly lastRing: number | undefined;
}

/**
 * Lists the unresolved alerts a page at a time, and says of each whether the topic published its latest transition before
 * `since`. The silences are read once for all pages.
 */
export const openNow = async (
  {
    store,
    silences,
  }: { readonly store: Pick<AlertStore, 'openAlerts' | 'whole'>; readonly silences: Pick<SilenceStore, 'all'> },
  since: Date,
  now: Date,
) => {
  const known = await silences.all();
  const before = since.toISOString();
  return async (page: PageRequest): Promise<Page<OpenAlert>> => {
    const { items, next } = await unresolvedPage(store, page);
    return {
      next,
      items: items.map((alert) => ({
        message: messageOf(alert),
        lastRing: alert.lastRing,
        isTold:
          alert.transition.at < before &&
          ![new Date(alert.transition.at), since, now].some((at) => isMuted(alert, known, at)),
      })),
    };
  };
};

export type OpenNow = (since: Date, now: Date) => ReturnType<typeof openNow>;
