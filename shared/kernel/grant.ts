import type { EnvName } from './env.ts';

export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'
  | 'DescribeTable';

/** Actions on one table. A query includes the indexes. */
export interface TableGrant {
  /** The variable that holds the name of the table. */
  readonly env: EnvName;
  readonly actions: readonly TableAction[];
  /** Only partitions with these keys; an asterisk stands for any text. */
  readonly leadingKeys?: readonly string[];
  /** Only these attributes, and only by requests that name them. */
  readonly attributes?: readonly string[];
}

export type ObjectAction = 'GetObject' | 'PutObject' | 'DeleteObject';

/** Actions on the objects of one bucket. */
export interface ObjectGrant {
  /** The variable that holds the name of the bucket. */
  readonly env: EnvName;
  readonly actions: readonly ObjectAction[];
}

/**
 * What a context lets a function of another context do, as data. `port.ts` pairs it with the code that needs it, a manifest lists it,
 * and infrastructure turns it into a policy and an environment.
 */
export interface Grant<Name extends string = string> {
  /** Unique over all contexts, such as `alerts.look`. */
  readonly name: Name;
  readonly tables?: readonly TableGrant[];
  /** Queues that the function sends to, by the variable that holds the URL of each. */
  readonly queues?: readonly EnvName[];
  /** Functions that the function hands work on to, by the variable that holds the ARN of each. */
  readonly functions?: readonly EnvName[];
  readonly objects?: readonly ObjectGrant[];
  /** Other variables that the code reads. */
  readonly settings?: readonly EnvName[];
}

/** The grants of a context, by name. */
export type Grants = Readonly<Record<string, Grant>>;

/** The grants that each function of a context uses, by the name of the function. */
export type Manifest = Readonly<Record<string, readonly Grant[]>>;
