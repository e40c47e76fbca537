import { App, aws_lambda as lambda } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { STAGES } from '../../infra/config.ts';
import { withOptions } from '../../infra/options.ts';
import { AppStack, DataStack } from '../../infra/stacks.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

const MAIL_FROM = 'pager@mail.example.com';
const bundle = temporaryDirectory('bundle');

/** The template of the functions of prod, whose mails come from an address, or which sends none. */
const appWith = (options: Readonly<Record<string, string>>): Template => {
  const stage = withOptions(STAGES['prod'] ?? expect.fail('there is no stage prod'), (name) => options[name]);
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] }, treeMetadata: false });
  const data = new DataStack(app, stage, {});
  return Template.fromStack(new AppStack(app, stage, data, { names: [], directory: () => bundle }, {}));
};

interface Statement {
  readonly Action: unknown;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const mails = (template: Template): readonly Statement[] =>
  Object.values(template.findResources('AWS::IAM::Policy'))
    .flatMap(
      ({ Properties }) =>
        (Properties as { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }).PolicyDocument
          .Statement,
    )
    .filter(({ Action }) => JSON.stringify(Action).includes('ses:'));

const senders = (template: Template): readonly string[] =>
  Object.values(template.findResources(lambda.CfnFunction.CFN_RESOURCE_TYPE_NAME)).flatMap(({ Properties }) => {
    const { Environment } = Properties as {
      readonly Environment?: { readonly Variables?: Readonly<Record<string, string>> };
    };
    return Environment?.Variables?.['MAIL_FROM'] ?? [];
  });

describe('a stage with an address for its mails', () => {
  const template = appWith({ mailFrom: MAIL_FROM });

  test('lets its senders send from that address alone, which SES knows by itself or by its domain', () => {
    const statements = mails(template);
    expect(statements.length).toBeGreaterThan(0);
    for (const { Action, Resource, Condition } of statements) {
      expect(Action).toBe('ses:SendEmail');
      expect(Condition).toEqual({ StringEquals: { 'ses:FromAddress': MAIL_FROM } });
      const resources = (Resource as readonly unknown[]).map(
        (each) => /:([^:"]+)"\]\]/.exec(JSON.stringify(each))?.[1],
      );
      expect(resources).toEqual([`identity/${MAIL_FROM}`, 'identity/mail.example.com', 'configuration-set/*']);
    }
    expect(new Set(senders(template))).toEqual(new Set([MAIL_FROM]));
  });

  test('has SES report what bounced, and what was called spam, to the queue of subscribers', () => {
    template.hasResourceProperties('AWS::SES::ConfigurationSetEventDestination', {
      EventDestination: { Enabled: true, MatchingEventTypes: ['bounce', 'complaint'] },
    });
    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription')).map((each) =>
      JSON.stringify(each),
    );
    expect(subscriptions.some((each) => each.includes('Feedback') && each.includes('StatusJobs'))).toBe(true);
  });
});

describe('a stage without one', () => {
  const template = appWith({});

  test('may send no mail, and has nothing of SES', () => {
    expect(mails(template)).toEqual([]);
    expect(new Set(senders(template))).toEqual(new Set(['none']));
    template.resourceCountIs('AWS::SES::ConfigurationSet', 0);
  });
});
