import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OpenAPI3 } from 'openapi-typescript';
import { openApiDocument } from '../shared/http/openapi.ts';
import { ABOUT, surface } from '../infra/surface.ts';

/**
 * Writes the types of our own contract, from which the console's client is made. So a changed route that the console uses no longer
 * compiles. While the contract is the same, nothing is made again.
 */
const file = join(import.meta.dirname, 'generated/api.ts');
const contract = openApiDocument(surface(), ABOUT) as unknown as OpenAPI3;
const digest = createHash('sha256').update(JSON.stringify(contract)).digest('hex');
const head = `// Made by web/generate.ts from the routes (${digest}). The next build replaces it.\n`;

const isMade = (): boolean => {
  try {
    return readFileSync(file, 'utf8').startsWith(head);
  } catch {
    return false;
  }
};

if (!isMade()) {
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, head + astToString(await openapiTS(contract, { alphabetize: true })));
}
