/** What a group of alerts has come to: those that came so far, or the incident that takes in what belongs to it. */
export interface Group {
  readonly ruleId: string;
  readonly key: string;
  readonly incidentId: string | null;
  /** The minute of the latest alert, counted from the epoch. */
  readonly seenMinute: number;
  /** Alerts that came while they were too few, with their minutes. */
  readonly pending: readonly { readonly alertId: string; readonly minute: number }[];
  readonly version: number;
}

const MINUTE_MS = 60_000;

export const minuteOf = (at: Date): number => Math.floor(at.getTime() / MINUTE_MS);

/** True where an alert of that minute comes soon enough for what a group has seen; messages may come out of order. */
export const isWithin = (group: Pick<Group, 'seenMinute'>, minute: number, windowMinutes: number): boolean =>
  Math.abs(minute - group.seenMinute) <= windowMinutes;

/**
 * The groups whose incident may take in an alert of that minute, its own first, then those that saw one last. Which of their
 * incidents goes on is not known here.
 */
export const candidates = (
  groups: readonly Group[],
  own: string,
  minute: number,
  windowMinutes: number,
): readonly Group[] =>
  groups
    .filter((group) => group.incidentId !== null && isWithin(group, minute, windowMinutes))
    .sort((a, b) => Number(b.key === own) - Number(a.key === own) || b.seenMinute - a.seenMinute);

/** The alerts that came within the window of this one, and this one. */
export const together = (
  group: Group | undefined,
  alertId: string,
  minute: number,
  windowMinutes: number,
): Group['pending'] => [
  ...(group?.pending ?? []).filter(
    (each) => each.alertId !== alertId && Math.abs(minute - each.minute) <= windowMinutes,
  ),
  { alertId, minute },
];
