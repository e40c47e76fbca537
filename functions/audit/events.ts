/** The refusals that the trail has, by the status of the answer. */
export const REFUSED = ['401', '403', '429'] as const;

/** Reads that the trail has, by the pattern of their path: what was read, in the words of an action. */
export const READS: Readonly<Record<string, string>> = {
  '/api/users/{id}/contacts': 'contacts.read',
  '/api/security/audit': 'audit.read',
  '/api/security/audit/export': 'audit.exported',
  '/api/security/access-report': 'access_report.read',
};
