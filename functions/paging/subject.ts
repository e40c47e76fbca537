/** The alert or incident that a page is about. */
export interface Subject {
  readonly kind: 'alert' | 'incident';
  readonly id: string;
}

export const alertSubject = (id: string): Subject => ({ kind: 'alert', id });

export const isSame = (one: Subject, other: Subject): boolean => one.kind === other.kind && one.id === other.id;
