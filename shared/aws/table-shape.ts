/** Keys and indexes of a table, as data: infrastructure and the tests make the same table of it. All keys are strings. */
export interface TableShape {
  readonly hash: string;
  readonly range?: string;
  readonly indexes?: Readonly<Record<string, IndexShape>>;
  /** Attribute that holds the second of expiry. */
  readonly expiry?: string;
}

export interface IndexShape {
  readonly hash: string;
  readonly range?: string;
  /** The keys alone where nothing is said; `all`, or the names of further attributes. */
  readonly projects?: 'all' | readonly string[];
}
