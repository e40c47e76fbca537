import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudAssembly } from '../assembly.ts';
import type { Resource } from '../types.ts';

/** A function of the template, ready to be started. */
export interface FunctionSettings {
  readonly name: string;
  readonly arn: string;
  /** Where its code lies. */
  readonly directory: string;
  readonly handler: string;
  /** Where environments leave what they have compiled: beside the code, whose directory is named by its content. */
  readonly compiled: string | undefined;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly reservedConcurrency: number | undefined;
  readonly logGroup: string;
  readonly logStream: string;
  /** As in the template, without what Lambda adds. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Undefined for a function that is not JavaScript: it belongs to the deployment, not to the run. */
export function functionSettings(resource: Resource, assembly: CloudAssembly): FunctionSettings | undefined {
  const { Handler, Runtime, Timeout, MemorySize, Environment, ReservedConcurrentExecutions, LoggingConfig } =
    resource.properties;
  const { directory, isAsset } = codeOf(resource, assembly);
  if (!String(Runtime ?? '').startsWith('nodejs') || !directory) return undefined;
  return {
    name: resource.physicalId,
    arn: resource.arn,
    directory,
    handler: Handler,
    compiled: isAsset ? `${directory}.compiled` : undefined,
    timeoutMs: Number(Timeout ?? 3) * 1000,
    memoryMb: Number(MemorySize ?? 128),
    reservedConcurrency: ReservedConcurrentExecutions === undefined ? undefined : Number(ReservedConcurrentExecutions),
    logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${resource.physicalId}`,
    logStream: 'local',
    variables: Object.fromEntries(
      Object.entries((Environment?.Variables ?? {}) as Record<string, unknown>).map(([key, value]) => [
        key,
        String(value),
      ]),
    ),
  };
}

/** What Lambda itself adds to a function's environment. */
export function lambdaVariables(settings: FunctionSettings, region: string): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // The role of the signer limits each request: local/emulator/iam.
    AWS_ACCESS_KEY_ID: settings.name,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: settings.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: settings.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: settings.logStream,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: settings.directory,
    _HANDLER: settings.handler,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: process.env['PATH'] ?? '',
  };
}

function codeOf(
  resource: Resource,
  assembly: CloudAssembly,
): { readonly directory: string | undefined; readonly isAsset: boolean } {
  const { S3Key, ZipFile } = resource.properties['Code'] ?? {};
  if (typeof S3Key === 'string') return { directory: assembly.assetPath(S3Key), isAsset: true };
  if (typeof ZipFile !== 'string') return { directory: undefined, isAsset: false };
  const directory = mkdtempSync(join(tmpdir(), 'local-function-'));
  writeFileSync(join(directory, 'index.js'), ZipFile);
  return { directory, isAsset: false };
}
