/** A table as data, of which infrastructure, the tests and the local run make the same table. All keys are strings. */
export interface TableShape {
  readonly hash: string;
  readonly range?: string;
  readonly indexes?: Readonly<Record<string, IndexShape>>;
  /** Attribute that holds the second of expiry. */
  readonly expiry?: string;
  /**
   * How the audit events that its items carry reach the trail: the trail reads the stream of the table, a function of the
   * context sends them to the queue of the trail, or no item carries any.
   */
  readonly auditEvents: 'by_stream' | 'by_queue' | 'none';
}

export interface IndexShape {
  readonly hash: string;
  readonly range?: string;
  /** The keys alone where nothing is said; `all`, or the names of further attributes. */
  readonly projects?: 'all' | readonly string[];
}
