import type { Resource } from '../../types.ts';
import { matchesPattern, type EventPattern } from './event-pattern.ts';

/** An event source mapping with AWS's defaults filled in. */
export interface Mapping {
  readonly id: string;
  readonly functionName: string;
  readonly sourceArn: string;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
  readonly startingPosition: string;
  /** -1: until the record is too old. */
  readonly maximumRetries: number;
  /** Milliseconds; a stream keeps its records for a day. */
  readonly maximumAgeMs: number;
  readonly bisects: boolean;
  readonly parallelization: number;
  readonly maximumConcurrency: number;
  readonly onFailureArn: string | undefined;
  /** Whether an event passes the filter criteria; everything does when there are none. */
  accepts(event: unknown): boolean;
}

const dayMs = 86_400_000;

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export function readMapping(resource: Resource, defaultBatchSize: number): Mapping {
  const { properties } = resource;
  const patterns = ((properties['FilterCriteria']?.Filters ?? []) as { Pattern?: string }[]).map(
    (filter) => JSON.parse(filter.Pattern ?? '{}') as EventPattern,
  );
  const ageSeconds = Number(properties['MaximumRecordAgeInSeconds'] ?? -1);
  return {
    id: resource.physicalId,
    functionName: properties['FunctionName'],
    sourceArn: properties['EventSourceArn'],
    batchSize: Number(properties['BatchSize'] ?? defaultBatchSize),
    windowMs: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0) * 1_000,
    reportsItemFailures: ((properties['FunctionResponseTypes'] ?? []) as string[]).includes('ReportBatchItemFailures'),
    startingPosition: properties['StartingPosition'] ?? 'TRIM_HORIZON',
    maximumRetries: Number(properties['MaximumRetryAttempts'] ?? -1),
    maximumAgeMs: ageSeconds < 0 ? dayMs : ageSeconds * 1_000,
    bisects: String(properties['BisectBatchOnFunctionError'] ?? false) === 'true',
    parallelization: Number(properties['ParallelizationFactor'] ?? 1),
    maximumConcurrency: Number(properties['ScalingConfig']?.MaximumConcurrency ?? 5),
    onFailureArn: properties['DestinationConfig']?.OnFailure?.Destination,
    accepts: (event) => patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, event)),
  };
}

export function isEnabled(resource: Resource): boolean {
  return String(resource.properties['Enabled'] ?? true) !== 'false';
}

/**
 * The items that a function reported as failed; `all` when the answer cannot be trusted, which AWS takes for a failure
 * of the whole batch. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function failedItems(answer: unknown, known: ReadonlySet<string>): ReadonlySet<string> | 'all' {
  if (answer === null || answer === undefined || answer === '') return new Set();
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === null || failures === undefined) return new Set();
  if (!Array.isArray(failures)) return 'all';
  const identifiers = failures.map((each) => (each as { itemIdentifier?: unknown } | null)?.itemIdentifier);
  const valid = identifiers.every((each) => typeof each === 'string' && known.has(each));
  return valid ? new Set(identifiers as string[]) : 'all';
}
