import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repository } from '../support/tools/paths.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(join(repository, file), 'utf8'));

/** Recommended flags that are set otherwise here, or not at all. */
const EXCEPTIONS: Readonly<Record<string, unknown>> = {
  // The stack of the API makes the role of the account for gateway logs, and leaves it behind.
  '@aws-cdk/aws-apigateway:disableCloudWatchRole': false,
  // Tocsin deploys to GovCloud, too.
  '@aws-cdk/core:target-partitions': ['aws', 'aws-cn', 'aws-us-gov'],
};

test('the construct library behaves as its authors recommend for new applications, but for what is named here', () => {
  const recommended = read('node_modules/aws-cdk-lib/recommended-feature-flags.json') as Record<string, unknown>;
  const { context } = read('cdk.json') as { readonly context: Readonly<Record<string, unknown>> };
  for (const [flag, value] of Object.entries({ ...recommended, ...EXCEPTIONS }))
    expect([flag, context[flag]]).toEqual([flag, value]);
});
