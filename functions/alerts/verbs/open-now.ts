import type { Page, PageRequest } from '../../../shared/kernel/page.ts';
import type { AlertMessage } from '../events.ts';
import { isQuiet } from '../silences/silence.ts';
import type { SilenceStore } from '../silences/store.ts';
import type { AlertStore } from '../store.ts';
import { messageOf } from '../publish/transitions-in.ts';

/** An alert that is not over, as the topic tells it. */
export interface OpenAlert {
  readonly message: AlertMessage;
  /**
   * The topic has told its latest transition: it was before the instant that was asked about, and no silence keeps or kept
   * it quiet.
   */
  readonly isTold: boolean;
  /** Number of the transition by which it last rang anew; undefined where it never did. */
  readonly lastRing: number | undefined;
}

/**
 * Answers which alerts are not over, a page of the listing at a time, and of which of them every subscriber has heard for
 * whom `since` is long enough ago. The silences are read once for all pages.
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
    const { items, next } = await store.openAlerts(page);
    const open = (await store.whole(items)).filter(({ status }) => status !== 'resolved');
    return {
      next,
      items: open.map((alert) => ({
        message: messageOf(alert),
        lastRing: alert.lastRing,
        isTold:
          alert.transition.at < before &&
          ![new Date(alert.transition.at), since, now].some((at) => isQuiet(alert, known, at)),
      })),
    };
  };
};

export type OpenNow = (since: Date, now: Date) => ReturnType<typeof openNow>;
