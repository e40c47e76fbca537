import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import type { CloudAssembly } from '../assembly.ts';

export interface ServedFile {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** The files that a deployment copies into a bucket (`BucketDeployment` of the construct library), read where the assembly has them. */
export const deployedFiles = (assembly: CloudAssembly, bucket: string): ((path: string) => ServedFile | undefined) => {
  const directories = assembly
    .byType('Custom::CDKBucketDeployment')
    .filter(({ properties }) => properties['DestinationBucketName'] === bucket)
    .flatMap(({ properties }) => properties['SourceObjectKeys'] as readonly string[])
    .map((key) => assembly.assetPath(key))
    .filter((directory) => directory !== undefined);
  return (path) => {
    const inside = normalize(decoded(path));
    const file = directories.map((directory) => join(directory, inside)).find(isFile);
    if (file === undefined) return undefined;
    return { type: TYPES[extname(file)] ?? 'application/octet-stream', body: readFileSync(file) };
  };
};

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** A path that is not percent-encoded UTF-8 names no file. */
const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/';
  }
};
