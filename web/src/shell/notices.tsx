import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { useSyncExternalStore } from 'react';
import { useIsLost } from '../session/use-session.ts';

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

const LOST: Notice = {
  id: 'lost',
  type: 'warning',
  loading: true,
  content: 'Tocsin does not answer. The page shows what was last known, and continues by itself.',
};

export const Notices = () => {
  const shown = useSyncExternalStore(subscribe, () => notices);
  const items = useIsLost() ? [LOST, ...shown] : [...shown];
  return <Flashbar items={items} i18nStrings={{ ariaLabel: 'Messages' }} />;
};
