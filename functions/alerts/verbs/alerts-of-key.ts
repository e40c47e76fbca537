import { slotOf, type StoredAlert } from '../alert.ts';
import type { AlertStore } from '../store.ts';

/** The alerts of a source and key, newest first: the one in its slot, and those that are archived; of very many the newest. */
export const alertsOfKey = async (
  store: Pick<AlertStore, 'seenIn' | 'pastIn'>,
  source: string,
  dedupKey: string,
): Promise<readonly StoredAlert[]> => {
  const slot = slotOf(source, dedupKey);
  const [{ alert }, past] = [await store.seenIn(slot), await store.pastIn(slot)];
  return alert ? [alert, ...past.filter(({ id }) => id !== alert.id)] : past;
};
