import { HOUR_MS } from '../units.ts';
import { seriesKey, type SeriesId } from './segment.ts';

/** Series of one metric within an hour. A dimension with more values than this is an identifier, not a dimension. */
export const MAX_SERIES = 1_000;

/** Tells which series would be one too many. What a container has seen of the hour is counted by that container. */
export const seriesLimit = (max = MAX_SERIES) => {
  let hour = 0;
  let seen = new Map<string, Set<string>>();
  return (series: SeriesId, at: Date): boolean => {
    const now = Math.floor(at.getTime() / HOUR_MS);
    if (now !== hour) [hour, seen] = [now, new Map()];
    const known = seen.get(series.name) ?? new Set<string>();
    seen.set(series.name, known);
    const key = seriesKey(series);
    if (!known.has(key) && known.size >= max) return false;
    known.add(key);
    return true;
  };
};
