import type { Alert } from '../../alerts/port.ts';

/** Where sources put it: our own monitors and rules, and Prometheus by custom. */
const ANNOTATION = 'runbook_url';

/** The text where it is an address that a browser may be sent to: of the web, and nothing that runs. */
const webAddress = (text: string | null | undefined): string | null =>
  text && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null;

/**
 * What to do about an alert: the address that it carries itself, or that of its service. Null where neither tells one; also
 * where the service cannot be asked now, since a page without it is better than none.
 */
export const runbookFor = async (
  { annotations, service }: Pick<Alert, 'annotations' | 'service'>,
  ofService: (name: string) => Promise<string | null>,
): Promise<string | null> => {
  const own = webAddress(annotations[ANNOTATION]);
  if (own !== null || !service) return own;
  return webAddress(await ofService(service).catch(() => null));
};
