/** What a worker is started with. */
export interface WorkerStart {
  /** Directory of the function's code. */
  readonly directory: string;
  /** As in the template: `index.handler`. */
  readonly handler: string;
  /** File for what V8 has compiled of the code, which spares other environments to compile it again; absent: kept nowhere. */
  readonly compiled?: string | undefined;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMb: number;
  readonly logGroup: string;
  readonly logStream: string;
  /** One float64: milliseconds that the local clock is ahead. */
  readonly clockOffset: SharedArrayBuffer;
  /** PEM of a certificate that the function trusts besides the usual ones. */
  readonly trustedCertificate?: string | undefined;
}

export interface Invocation {
  readonly requestId: string;
  /** JSON; parsed by the worker only. */
  readonly event: string;
  readonly timeoutMs: number;
  readonly traceId: string;
}

export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stackTrace?: readonly string[];
}

/** From the worker: the handler is loaded, an invocation ended, or the worker gives up (and exits). */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly requestId: string; readonly result: string }
  | { readonly kind: 'failure'; readonly requestId: string; readonly failure: Failure }
  | { readonly kind: 'fatal'; readonly failure: Failure };
