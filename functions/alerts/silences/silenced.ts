import type { Alert } from '../alert.ts';
import { silencesOf, type Silence } from './silence.ts';
import type { SilenceStore } from './store.ts';

/** What keeps an alert quiet, and until when; RFC 3339 UTC. */
export type Silenced = Pick<Silence, 'id' | 'createdBy' | 'endsAt'>;

/**
 * Reads the silences as they are at this moment, and tells of any alert which of them keeps it quiet for longest, if one
 * does.
 */
export const silenced = async (
  silences: Pick<SilenceStore, 'all'>,
): Promise<(alert: Alert, at: Date) => Silenced | undefined> => {
  const known = await silences.all();
  return (alert, at) => silencesOf(alert, known, at).toSorted((one, other) => (one.endsAt < other.endsAt ? 1 : -1))[0];
};

export type SilencedNow = () => ReturnType<typeof silenced>;
