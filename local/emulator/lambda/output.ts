/** Cuts chunks into lines; what has no newline yet is kept for the next chunk. */
export function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  };
}

// They are in each line and say nothing on a laptop.
const dull = new Set([
  ...['level', 'message', 'timestamp', 'service', 'cold_start', 'function_arn', 'function_memory_size'],
  ...['function_name', 'function_request_id', 'sampling_rate', 'xray_trace_id'],
]);

/**
 * A line of a function's log for a reader: `12:03:04 alerts INFO message key=value`. Undefined for a line of
 * embedded metrics, which CloudWatch would read and nobody else. A line that is no JSON stays as it is.
 */
export function readableLine(functionName: string, line: string, now: number): string | undefined {
  const clock = (time: number): string => new Date(time).toISOString().slice(11, 19);
  let entry: Record<string, unknown>;
  try {
    const parsed: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
    if (typeof parsed !== 'object' || parsed === null) return `${clock(now)} ${functionName} ${line}`;
    entry = parsed as Record<string, unknown>;
  } catch {
    return `${clock(now)} ${functionName} ${line}`;
  }
  if ('_aws' in entry) return undefined;
  const time = Date.parse(String(entry['timestamp']));
  const rest = Object.entries(entry)
    .filter(([key]) => !dull.has(key))
    .map(([key, value]) => `${key}=${short(value)}`);
  return [
    clock(Number.isNaN(time) ? now : time),
    String(entry['service'] ?? functionName),
    String(entry['level'] ?? 'INFO'),
    String(entry['message'] ?? ''),
    ...rest,
  ].join(' ');
}

function short(value: unknown): string {
  if (typeof value === 'string') return /\s/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'message' in value && 'name' in value) {
    const error = value as { name: unknown; message: unknown; location?: unknown };
    return `${String(error.name)}: ${String(error.message)}${error.location ? ` (${String(error.location)})` : ''}`;
  }
  return JSON.stringify(value) ?? String(value);
}
