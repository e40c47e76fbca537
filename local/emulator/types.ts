/**
 * What the parts of the local run know of each other. Everything else about a part is its own affair.
 */

/** One resource of the synthesised templates, with every intrinsic function already resolved. */
export interface Resource {
  /** Id of the stack in the cloud assembly. */
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type, for example `AWS::DynamoDB::Table`. */
  readonly type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a template is data of every shape
  readonly properties: Readonly<Record<string, any>>;
  /** What `Ref` answers. */
  readonly physicalId: string;
  /** What `Fn::GetAtt Arn` answers; the same as the physical id where a type has no ARN. */
  readonly arn: string;
}

/** The templates of one stage, read as one set of resources. */
export interface Assembly {
  readonly region: string;
  readonly account: string;
  /** Stage name such as `dev`. */
  readonly stage: string;
  readonly resources: readonly Resource[];
  byType(type: string): readonly Resource[];
  /** By ARN, or by physical id (function name, queue URL, table name, secret name). */
  find(arnOrId: string): Resource | undefined;
  /** Absolute directory of the assembly (`cdk.out`), where assets lie. */
  readonly directory: string;
}

/** Time in the local run. It can be moved forward; every function and every service obeys it. */
export interface LocalClock {
  /** Milliseconds since the epoch, moved. */
  now(): number;
  /** Move forward; resolves once everything that became due (schedules, delays, TTL) has been started. */
  advance(milliseconds: number): Promise<void>;
  /** Where the move that is under way ends; undefined while the clock rests. */
  readonly target: number | undefined;
  /** Like setTimeout, but in moved time. Returns a function that cancels. */
  schedule(atMilliseconds: number, run: () => void | Promise<void>): () => void;
}

/** A function failed: it threw, timed out, or its worker died. */
export interface FunctionFailure extends Error {
  readonly errorType: string;
}

/** How an invocation ended. */
export interface Settled {
  readonly failed: boolean;
  /** No execution was free: the function did not run. */
  readonly throttled?: boolean;
  readonly durationMs: number;
}

/** The functions of the assembly, each in a worker of its own. */
export interface Lambdas {
  /** Invoke and wait. Rejects with a `FunctionFailure`. `name` is a function's name or ARN. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Called after every finished invocation; the stream and queue pumps look for work at once. */
  onSettled(listener: (functionName: string, settled: Settled) => void): void;
  /** Called with every line that a function writes. */
  onLine(listener: (functionName: string, line: string) => void): void;
}

/** Where a line about the run goes: `source` is the function or service it speaks of. */
export type LocalLog = (source: string, message: string, detail?: unknown) => void;
