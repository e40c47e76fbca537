import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { useQueryClient, type QueryCache } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';
import { sentenceOf } from '../api/refusal.ts';
import { clock } from '../session/clock.ts';
import { useIsLost } from '../session/use-session.ts';
import { durationText } from './figures.ts';
import { useIsOlder } from './instant.tsx';
import { hourWords } from './times.ts';

type Notice = FlashbarProps.MessageDefinition;

const SHOWN_MS = 8_000;
let notices: readonly Notice[] = [];
let made = 0;
const listeners = new Set<() => void>();
const show = (next: readonly Notice[]): void => {
  notices = next;
  for (const listener of listeners) listener();
};
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** Shows a message above the page. Success goes by itself; an error stays until it is dismissed. */
export const notify = (type: 'success' | 'error' | 'info', content: string): void => {
  const id = `notice-${++made}`;
  const dismiss = (): void => show(notices.filter((each) => each.id !== id));
  show([...notices.slice(-3), { id, type, content, dismissible: true, dismissLabel: 'Dismiss', onDismiss: dismiss }]);
  if (type !== 'error') setTimeout(dismiss, SHOWN_MS);
};

/** The answer to a save of what is saved already. */
export const sayUnchanged = (): void => notify('info', 'Nothing has changed since the last save.');

const LOST: Notice = {
  id: 'lost',
  type: 'warning',
  loading: true,
  content: 'Tocsin does not answer. The page shows what was last known, and continues by itself.',
};

/** What the page shows was read, and cannot be read again: the oldest such part. */
const oldest = (cache: QueryCache) =>
  cache
    .findAll({ type: 'active', predicate: ({ state }) => state.status === 'error' && state.dataUpdatedAt > 0 })
    .toSorted((one, other) => one.state.dataUpdatedAt - other.state.dataUpdatedAt)[0];

const OLD_MS = 15_000;

/** Says since when the page is old, where the backend answers and refuses. A refusal that goes by itself is not worth a word. */
const useOld = (): Notice | undefined => {
  const cache = useQueryClient().getQueryCache();
  const listen = useCallback((changed: () => void) => cache.subscribe(changed), [cache]);
  const found = useSyncExternalStore(listen, () => oldest(cache));
  const readAt = found?.state.dataUpdatedAt ?? 0;
  const isOld = useIsOlder(readAt, OLD_MS);
  if (!found || !isOld) return undefined;
  return {
    id: 'old',
    type: 'warning',
    content: `This page could not be read again since ${hourWords(readAt + clock.behindMs())}. ${sentenceOf(found.state.error)}`,
  };
};

/** Says that the clock of this device is wrong. Everything here goes by that of Tocsin. */
const useClockNotice = (): Notice | undefined => {
  const behindMs = useSyncExternalStore(clock.subscribe, clock.behindMs);
  if (behindMs === 0) return undefined;
  const by = durationText(Math.round(Math.abs(behindMs) / 60_000) * 60 || Math.abs(behindMs) / 1_000);
  return {
    id: 'clock',
    type: 'info',
    content: `The clock of this device is ${by} ${behindMs > 0 ? 'slow' : 'fast'}. Times here follow the clock of Tocsin.`,
  };
};

export const Notices = () => {
  const shown = useSyncExternalStore(subscribe, () => notices);
  const isLost = useIsLost();
  const old = useOld();
  const wrongClock = useClockNotice();
  const items = [...(isLost ? [LOST] : old ? [old] : []), ...(wrongClock ? [wrongClock] : []), ...shown];
  return <Flashbar items={items} i18nStrings={{ ariaLabel: 'Messages' }} />;
};
