import * as z from 'zod/mini';

/** The severities of alerts, from the mildest to the worst. */
export const Severity = z.enum(['info', 'warning', 'error', 'critical']);
export type Severity = z.infer<typeof Severity>;
