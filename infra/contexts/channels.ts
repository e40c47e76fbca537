import { ArnFormat, Aws, aws_iam as iam, aws_sns as sns, CfnOutput, Stack, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { parameterNames } from '../../shared/kernel/parameter-names.ts';
import { removalPolicyOf, type StageConfig } from '../config.ts';
import { grantParameters } from '../constructs/parameter-grant.ts';
import type { TocsinFunction } from '../constructs/tocsin-function.ts';

interface Props {
  readonly stage: StageConfig;
  readonly encryptionKey: kms.IKey | undefined;
}

/** The configuration set of texts. */
export const configurationSetName = ({ name }: StageConfig): string => `tocsin-${name}`;

/** Phones have no ARN; topics have one. */
const toPhones = () => new iam.PolicyStatement({ actions: ['sns:Publish'], notResources: ['arn:*:sns:*:*:*'] });

/** Topics of this account that may be paged have names that begin so. */
const PAGEABLE_TOPICS = 'tocsin-pages*';

/**
 * What every sender of messages needs: the parameters that messages are signed with, and the topic that policies may page, which
 * outlives every deployment. Paging sends pages and notices, and on-call sends codes to shared contacts.
 */
export class Channels extends Construct {
  private readonly stage: StageConfig;
  private readonly encryptionKey: kms.IKey | undefined;
  private readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.stage = props.stage;
    this.encryptionKey = props.encryptionKey;
    const removalPolicy = removalPolicyOf(props.stage);
    this.topic = new sns.Topic(this, 'Topic', {
      displayName: 'Tocsin pages',
      enforceSSL: true,
      signatureVersion: '2',
      ...(props.encryptionKey && { masterKey: props.encryptionKey }),
    });
    this.topic.applyRemovalPolicy(removalPolicy);
    (this.topic.node.defaultChild as sns.CfnTopic).overrideLogicalId('PagesTopic');
    // The policy keeps the name that it had below paging: replaced, the topic would be without one for a moment.
    const policy = this.topic.node.findChild('Policy').node.defaultChild as sns.CfnTopicPolicy;
    policy.overrideLogicalId('PagingTopicPolicy281CF58C');
    const outputs = [
      ['PagesTopicArn', this.topic.topicArn, 'A topic that escalation policies may page'],
      ['SlackParameter', parameterNames(props.stage.name).slack, 'Parameter that takes the tokens of Slack'],
    ] as const;
    for (const [name, value, description] of outputs) new CfnOutput(Stack.of(this), name, { value, description });
  }

  /** Allows a function to read what messages are signed with, and to call Slack with its token. */
  grantSecretTo(fn: TocsinFunction): void {
    const { links, slack } = parameterNames(this.stage.name);
    fn.addEnvironment('LINKS_PARAMETER', links);
    fn.addEnvironment('SLACK_PARAMETER', slack);
    grantParameters(fn, [links, slack], ['GetParameters'], this.encryptionKey);
    fn.addEnvironment('SLACK_URL', 'https://slack.com/api/');
  }

  /** Allows a function to send through the channels of shared contacts, and to read what it signs with. */
  grantSharedChannelsTo(fn: TocsinFunction): void {
    const { stage, topic } = this;
    this.grantSecretTo(fn);
    fn.addEnvironment('TARGET_RANGES', stage.targetRanges.join(',') || 'none');
    fn.lambda.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['sns:Publish'],
        resources: [topic.topicArn, `arn:${Aws.PARTITION}:sns:${Aws.REGION}:${Aws.ACCOUNT_ID}:${PAGEABLE_TOPICS}`],
      }),
    );
  }

  /** Allows a function to send texts. */
  grantTextsTo(fn: TocsinFunction): void {
    fn.addEnvironment('SMS_CONFIGURATION_SET', this.stage.sms === 'sns' ? 'none' : configurationSetName(this.stage));
    fn.lambda.addToRolePolicy(
      this.stage.sms === 'sns'
        ? toPhones()
        : // Which number of the account sends is decided by AWS, so no resource can be named.
          new iam.PolicyStatement({ actions: ['sms-voice:SendTextMessage'], resources: ['*'] }),
    );
  }

  /** Allows a function to send through every channel of the stage, and to read what it signs with. */
  grantChannelsTo(fn: TocsinFunction): void {
    const { stage } = this;
    const stack = Stack.of(this);
    this.grantSharedChannelsTo(fn);
    fn.addEnvironment('MAIL_FROM', stage.mailFrom ?? 'none');
    this.grantTextsTo(fn);
    if (stage.mailFrom === undefined) return;
    // SES has verified the address, or its domain.
    fn.lambda.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [
          ...[stage.mailFrom, stage.mailFrom.split('@').at(-1) ?? ''].map((name) => ['identity', name] as const),
          // An identity may have a configuration set by default, which a sender must be allowed to use.
          ['configuration-set', '*'] as const,
        ].map(([resource, resourceName]) =>
          stack.formatArn({ service: 'ses', resource, resourceName, arnFormat: ArnFormat.SLASH_RESOURCE_NAME }),
        ),
        conditions: { StringEquals: { 'ses:FromAddress': stage.mailFrom } },
      }),
    );
  }
}
