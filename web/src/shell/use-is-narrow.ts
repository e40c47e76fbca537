import { useSyncExternalStore } from 'react';

const narrow = window.matchMedia('(max-width: 700px)');
const subscribe = (listener: () => void): (() => void) => {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
};

/** True on a phone, and in a window as narrow. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => narrow.matches);
