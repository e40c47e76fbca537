/**
 * The commands of delivery. The pipeline runs them in CodeBuild, and hosted CI as `.github` has them; `test/infra/pipeline.test.ts` holds
 * both to this list.
 */
export const INSTALL = 'npm ci';

/** Proves the checkout. It installs by itself. */
export const TEST = '.ci/run';

/** Checks what is shipped, and describes it. */
export const SHIPPED = [
  // Known vulnerabilities of packages that are deployed.
  'npm audit --omit=dev',
  'npx vitest run test/unit/licences.test.ts',
  // The bill of materials.
  'npm sbom --omit=dev --sbom-format cyclonedx > sbom.cdx.json',
  'npm run test:templates',
  'npx cdk synth --quiet',
  'pipx run cfn-lint --ignore-checks W3005 -- cdk.out/*.template.json',
  // For stack traces of production.
  'npm run source-maps -- source-maps',
] as const;

/**
 * Deploys the stage `$STAGE` with the context `$OPTIONS`, and tests it as `$TOCSIN_USERNAME` with `$TOCSIN_PASSWORD`. CloudFormation rolls a
 * stack back that fails.
 */
export const DEPLOY = [
  'npx cdk deploy --all --require-approval never --outputs-file outputs.json -c "stage=$STAGE" $OPTIONS',
  'npm run smoke -- --url "$(jq -r ".\\"Tocsin-$STAGE-api\\".Url" outputs.json)" --stage "$STAGE" --username "$TOCSIN_USERNAME"',
] as const;
