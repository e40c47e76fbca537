/** The alert or incident that a page is about. */
export interface Subject {
  readonly kind: 'alert' | 'incident';
  readonly id: string;
}

export const alertSubject = (id: string): Subject => ({ kind: 'alert', id });

const INCIDENT_ID = 'inc_';

/** The alert or incident with this id, by how the id begins. */
export const subjectOf = (id: string): Subject => ({ kind: id.startsWith(INCIDENT_ID) ? 'incident' : 'alert', id });

export const isSame = (one: Subject, other: Subject): boolean => one.kind === other.kind && one.id === other.id;
