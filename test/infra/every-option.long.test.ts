import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { addStages } from '../../infra/application.ts';
import { STAGES } from '../../infra/config.ts';
import { withOptions } from '../../infra/options.ts';
import { repository } from '../support/tools/paths.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

const EVERY_OPTION: Readonly<Record<string, string>> = {
  operators: 'ops@example.com',
  monthlyDollars: '100',
  watchdogUrl: 'https://hc-ping.com/1',
  mailFrom: 'pager@example.com',
  smsReplies: 'true',
  smsMonthlyDollars: '50',
  accountConcurrency: '1000',
  fips: 'true',
  gradual: 'true',
  requestsInFiveMinutes: '2000',
  targetRanges: '10.0.0.0/8',
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  domain: 'tocsin.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:111122223333:certificate/1',
};

test('cdk-nag has no finding on a stage that is deployed with every option', () => {
  const { context } = JSON.parse(readFileSync(join(repository, 'cdk.json'), 'utf8')) as { context: object };
  const app = new App({ outdir: temporaryDirectory('options'), context: { ...context } });
  const stage = withOptions(STAGES['prod'] ?? expect.fail('there is no stage prod'), (name) => EVERY_OPTION[name]);
  const code = temporaryDirectory('code');
  addStages(app, [stage], { names: [], directory: () => code });
  expect(() => app.synth()).not.toThrow();
}, 180_000);
