/** What the names of everything hold that an earlier version had, and the next one does without. */
export const RETIRED = 'Retired';
