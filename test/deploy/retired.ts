/** What the names of everything hold that an earlier version had, and the next one does without. */
export const RETIRED = 'Retired';

/** The variable that every function has in a version whose deployment fails. */
export const FAILED_VERSION = 'FAILED_VERSION';
