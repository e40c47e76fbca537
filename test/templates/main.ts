import { deepStrictEqual, ok } from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { start, run } from '../support/tools/child.ts';
import { checkAll, conclude, type Guarantee } from '../support/tools/guarantees.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import { pythonTools } from '../support/tools/python.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import { ofCfnLint, ofCheckov, unexplained, type Finding, type Reasons } from './findings.ts';
import { CFN_LINT, CHECKOV } from './reasons.ts';

/** A region whose services and properties the templates are held against. */
const REGION = 'eu-central-1';

/** A scanner of templates, and why what it finds may stay. */
interface Scanner {
  readonly name: string;
  readonly reasons: Reasons;
  readonly findingsIn: (files: readonly string[]) => Promise<readonly Finding[]>;
}

const SCANNERS: readonly Scanner[] = [
  {
    name: 'cfn-lint',
    reasons: CFN_LINT,
    findingsIn: async (files) => {
      const bin = await pythonTools('cfn-lint', ['cfn-lint==1.58.0']);
      return ofCfnLint(
        await printedBy('cfn-lint', join(bin, 'cfn-lint'), [
          ...['--format', 'json', '--regions', REGION],
          ...['--', ...files],
        ]),
      );
    },
  },
  {
    name: 'checkov',
    reasons: CHECKOV,
    findingsIn: async (files) => {
      const bin = await pythonTools('checkov', ['checkov==3.3.30']);
      return ofCheckov(
        await printedBy('checkov', join(bin, 'python3'), [
          ...['-m', 'checkov.main', '--framework', 'cloudformation', '--output', 'json', '--quiet', '--compact'],
          ...['--skip-download', ...files.flatMap((file) => ['--file', file])],
        ]),
      );
    },
  },
];

console.log('Scanning the templates of every stage with cdk-nag, cfn-lint and checkov');
await conclude('test:templates', () => {
  const out = temporaryDirectory('templates');
  const scans = new Map<string, Promise<readonly Finding[]>>();
  return checkAll(
    [
      {
        title: 'every stage is synthesised without a finding of cdk-nag',
        check: async () => {
          await run(join(repository, 'node_modules/.bin/cdk'), ['synth', '--quiet', '--no-notices', '--output', out], {
            cwd: repository,
            env: { PATH: projectPath, CDK_DEFAULT_REGION: REGION },
            log: log('synth'),
            timeoutMs: 240_000,
          });
          const files = templatesIn(out);
          // Side by side: each uses one core.
          for (const { name, findingsIn } of SCANNERS) {
            const findings = findingsIn(files);
            // It is awaited below, in the turn of its scanner.
            findings.catch(() => undefined);
            scans.set(name, findings);
          }
          return `${files.length} templates`;
        },
      },
      ...SCANNERS.map(({ name, reasons }) => scan(name, reasons, async () => (await scans.get(name)) ?? [])),
    ],
    { stopAtFirst: true },
  );
});

function scan(scanner: string, reasons: Reasons, findings: () => Promise<readonly Finding[]>): Guarantee {
  return {
    title: `${scanner} finds nothing for which there is no reason, and each reason is needed`,
    check: async () => {
      const all = await findings();
      const { findings: left, needless } = unexplained(all, reasons);
      const lines = left.map(({ rule, template, resource, says }) => `${rule} ${template} ${resource}: ${says}`);
      ok(lines.length === 0, `test/templates/reasons.ts has no reason for\n${lines.join('\n')}`);
      deepStrictEqual(needless, []);
      return `${all.length} findings for ${Object.keys(reasons).length} reasons`;
    },
  };
}

/** What a scanner prints; it exits with another code than 0 where it has findings. */
async function printedBy(name: string, command: string, args: readonly string[]): Promise<string> {
  const child = await start(name, command, args, { cwd: repository, log: log(name), env: { LOG_LEVEL: 'ERROR' } });
  await child.exited;
  await child.stop();
  return child.output();
}

function templatesIn(directory: string): readonly string[] {
  return globSync('*.template.json', { cwd: directory })
    .sort()
    .map((file) => join(directory, file));
}

function log(step: string): string {
  return join(toolCache, 'logs', `templates-${step}.log`);
}
