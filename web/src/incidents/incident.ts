import type { Schemas } from '../api/client.ts';

export type Incident = Schemas['Incident'];
export type WholeIncident = Schemas['WholeIncident'];
export type Entry = Schemas['IncidentEntry'];
export type Task = Schemas['IncidentTask'];
export type Link = Schemas['LinkedAlert'];
export type Status = Incident['status'];
export type Severity = Incident['severity'];

/** In the order of an incident's life. */
export const STATUSES = [
  'triggered',
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'closed',
] as const satisfies readonly Status[];

/** The worst first, with what each means. */
export const SEVERITIES: Readonly<Record<Severity, string>> = {
  SEV1: 'Everybody is affected. All hands.',
  SEV2: 'A main function fails for many.',
  SEV3: 'A function fails, or all of it is slow.',
  SEV4: 'Few notice it.',
  SEV5: 'Nobody notices it yet.',
};

export const titled = (status: string): string => status.charAt(0).toUpperCase() + status.slice(1);

export const isOver = (status: Status): boolean => status === 'resolved' || status === 'closed';

/** Statuses that may follow. The backend decides; a page offers only these. */
export const nextOf = (status: Status): readonly Status[] => {
  if (status === 'closed') return [];
  if (status === 'resolved') return ['investigating', 'closed'];
  return STATUSES.filter((each) => each !== status && each !== 'triggered' && each !== 'closed');
};

/** The people of an incident, without its responders. */
export const ROLES = {
  commander: { label: 'Commander', does: 'decides what is done' },
  communications: { label: 'Communications', does: 'informs people outside' },
  scribe: { label: 'Scribe', does: 'keeps the notes' },
} as const;
export type Role = keyof typeof ROLES;
