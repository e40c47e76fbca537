import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';
import { openApiDocument } from '../shared/http/openapi.ts';
import { ABOUT, surface } from '../infra/surface.ts';

const HEAD = '// Made by web/generate.ts from the routes. The next build replaces it.\n';

/**
 * Writes the types of our own contract, from which the console's client is made. So a changed route that the console uses no longer
 * compiles. The file is left as it is while the contract is the same, so that builds and editors see no change.
 */
const file = join(import.meta.dirname, 'generated/api.ts');
const types = await openapiTS(openApiDocument(surface(), ABOUT) as unknown as OpenAPI3, { alphabetize: true });
const text = `${HEAD}${astToString(types)}`;
const isNew = (): boolean => {
  try {
    return readFileSync(file, 'utf8') !== text;
  } catch {
    return true;
  }
};
if (isNew()) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
