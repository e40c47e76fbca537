import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { bundleFunctions } from './bundle.ts';

/**
 * Makes the bundles of this commit with a source map beside each, for readers of a stack trace of production. The code is the code that
 * is deployed, byte for byte.
 */
const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error('npm run source-maps -- <directory>');
  process.exit(2);
}
const out = resolve(directory);
mkdirSync(out, { recursive: true });
const { names } = bundleFunctions(out, { sourceMaps: true });
console.log(`Source maps of ${names.length} functions are in ${out}`);
