/** The formats of an export. */
export const FORMATS = ['jsonl', 'ocsf'] as const;
export type ExportFormat = (typeof FORMATS)[number];
