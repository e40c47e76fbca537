import type { Alert } from '../alert.ts';
import { silencesOf, type Silence } from './silence.ts';
import type { SilenceStore } from './store.ts';

/** The silence that mutes an alert, and its end; RFC 3339 UTC. */
export type Silenced = Pick<Silence, 'id' | 'createdBy' | 'endsAt'>;

/**
 * Reads the silences as they are now. The answer finds, for any alert, the silence that mutes it for longest; undefined where
 * none does.
 */
export const silenced = async (
  silences: Pick<SilenceStore, 'all'>,
): Promise<(alert: Alert, at: Date) => Silenced | undefined> => {
  const known = await silences.all();
  return (alert, at) => silencesOf(alert, known, at).toSorted((one, other) => (one.endsAt < other.endsAt ? 1 : -1))[0];
};

export type SilencedNow = () => ReturnType<typeof silenced>;
