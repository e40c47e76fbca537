/** The console speaks English. Dates and numbers are written as where the reader is, if English is spoken there. */
export const LOCALE = navigator.languages.find((each) => /^en\b/.test(each)) ?? 'en-GB';

/** The time zone of the reader. */
export const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The time zones to choose from. */
export const ZONES: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
