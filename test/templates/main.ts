import { deepStrictEqual, ok } from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { start, run } from '../support/tools/child.ts';
import { checkAll, conclude, type Guarantee } from '../support/tools/guarantees.ts';
import { projectPath, repository, toolCache } from '../support/tools/paths.ts';
import { pythonTools } from '../support/tools/python.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';
import { ofCheckov, unexplained, type Finding, type Reasons } from './findings.ts';
import { CHECKOV } from './reasons.ts';

/** A region whose services and properties the templates are held against. */
const REGION = 'eu-central-1';

console.log('Scanning the templates of every stage with cdk-nag and checkov');
await conclude('test:templates', () => {
  const out = temporaryDirectory('templates');
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
          return `${templatesIn(out).length} templates`;
        },
      },
      scan('checkov', CHECKOV, async () => {
        const bin = await pythonTools('checkov', ['checkov==3.3.30']);
        const files = templatesIn(out).flatMap((file) => ['--file', file]);
        const printed = await printedBy('checkov', join(bin, 'python3'), [
          ...['-m', 'checkov.main', '--framework', 'cloudformation', '--output', 'json', '--quiet', '--compact'],
          ...['--skip-download', ...files],
        ]);
        return ofCheckov(printed);
      }),
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
