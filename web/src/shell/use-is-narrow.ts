import { useSyncExternalStore } from 'react';

const narrow = window.matchMedia('(max-width: 760px)');
const subscribe = (listener: () => void): (() => void) => {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
};

/** True on a phone, in a window as narrow, and on a laptop at 200 % zoom, where columns of a table would break words. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches);
