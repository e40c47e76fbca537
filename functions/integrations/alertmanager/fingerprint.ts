const OFFSET = 14695981039346656037n;
const PRIME = 1099511628211n;
const SEPARATOR = 0xff;

/**
 * The fingerprint that Prometheus and Alertmanager give to a set of labels: FNV-1a of 64 bits over the names in the order
 * of their bytes, each name and value followed by 0xFF, as 16 hexadecimal digits (labelSetToFingerprint in
 * prometheus/common, model/fnv.go and model/labelset.go).
 */
export const fingerprintOf = (labels: Readonly<Record<string, string>>): string => {
  let hash = OFFSET;
  const take = (byte: number): void => {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  };
  const sorted = Object.entries(labels)
    .map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const)
    .sort(([a], [b]) => Buffer.compare(a, b));
  for (const pair of sorted) {
    for (const text of pair) {
      text.forEach(take);
      take(SEPARATOR);
    }
  }
  return hash.toString(16).padStart(16, '0');
};
