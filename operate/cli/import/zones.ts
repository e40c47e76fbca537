import { isTimeZone } from '../../../shared/calendar/time-zone.ts';

/** What `--zone` says of zones of the old system: each name, and the zone that it is read as. */
export type Zones = Readonly<Record<string, string>>;

/** Zones that the tz database renamed or dropped, and names that are of no database. */
const RENAMED: Readonly<Record<string, string>> = {
  'US/Pacific-New': 'America/Los_Angeles',
  'Asia/Beijing': 'Asia/Shanghai',
  'Europe/Kyiv': 'Europe/Kiev',
  'Asia/Kolkata': 'Asia/Calcutta',
  'America/Nuuk': 'America/Godthab',
  'Asia/Rangoon': 'Asia/Yangon',
  'Pacific/Kanton': 'Pacific/Enderbury',
  'America/Ciudad_Juarez': 'America/Denver',
  'Eastern Time (US & Canada)': 'America/New_York',
  'Central Time (US & Canada)': 'America/Chicago',
  'Mountain Time (US & Canada)': 'America/Denver',
  'Pacific Time (US & Canada)': 'America/Los_Angeles',
  London: 'Europe/London',
  Berlin: 'Europe/Berlin',
  Paris: 'Europe/Paris',
  Tokyo: 'Asia/Tokyo',
  Sydney: 'Australia/Sydney',
};

/** The zone by which a schedule goes here; `isKnown` is false where its name is of no zone, and UTC stands for it. */
export const zoneOf = (
  name: string,
  chosen: Zones = {},
): { readonly zone: string; readonly isKnown: boolean; readonly isRenamed: boolean } => {
  const wanted = chosen[name] ?? name;
  if (isTimeZone(wanted)) return { zone: wanted, isKnown: true, isRenamed: wanted !== name };
  const renamed = Object.hasOwn(RENAMED, wanted) ? RENAMED[wanted] : undefined;
  if (renamed !== undefined && isTimeZone(renamed)) return { zone: renamed, isKnown: true, isRenamed: true };
  return { zone: 'UTC', isKnown: false, isRenamed: false };
};
