import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import { APIGatewayClient, GetApiKeysCommand } from '@aws-sdk/client-api-gateway';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetAccountCommand, GetEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { GetSMSAttributesCommand, GetSMSSandboxAccountStatusCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Check, Finding } from '../report.ts';

/** What is about to be deployed, as far as the account must allow it. */
export interface Plan {
  /** Pages of this stage wake people: what would not reach them stops it. */
  readonly isProduction: boolean;
  readonly mailFrom?: string | undefined;
  readonly certificateArn?: string | undefined;
  readonly domain?: string | undefined;
}

export interface AwsSettings {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Below this the ticks, readers of queues and requests of an idle stage are throttled already. */
const LEAST_CONCURRENCY = 100;
const FULL_CONCURRENCY = 1_000;
/** A month of a hundred pages a day to most countries. */
const LEAST_SMS_DOLLARS = 20;
/** What the templates need: `BootstrapVersion` in each of them. */
const LEAST_BOOTSTRAP = 6;
const MOST_API_KEYS = 10_000;
const NEAR = 0.8;

const ok = (found: string, todo?: string): Finding => ({ verdict: 'ok', found, ...(todo !== undefined && { todo }) });

/** The checks of an account and region before a stage is deployed to it. */
export const checksOf = (plan: Plan, settings: AwsSettings): readonly Check[] => {
  const sns = new SNSClient(settings);
  const ses = new SESv2Client(settings);
  const bad: Finding['verdict'] = plan.isProduction ? 'failed' : 'warning';

  const concurrency = async (): Promise<Finding> => {
    const { AccountLimit } = await new LambdaClient(settings).send(new GetAccountSettingsCommand({}));
    const limit = AccountLimit?.ConcurrentExecutions ?? 0;
    const todo = 'Service Quotas, Lambda, "Concurrent executions" (L-B99A9384): ask for 1000';
    if (limit < LEAST_CONCURRENCY) return { verdict: 'failed', found: `${limit} executions at once`, todo };
    if (limit < FULL_CONCURRENCY) return { verdict: 'warning', found: `${limit} executions at once`, todo };
    return ok(`${limit} executions at once`, `Deploy with -c accountConcurrency=${limit}`);
  };

  const smsSandbox = async (): Promise<Finding> => {
    const { IsInSandbox } = await sns.send(new GetSMSSandboxAccountStatusCommand({}));
    if (!IsInSandbox) return ok('outside of the sandbox');
    const todo = 'SNS console, Text messaging, "Exit SMS sandbox". Until then verify each number there';
    return { verdict: bad, found: 'in the sandbox: only verified numbers are reached', todo };
  };

  const smsLimit = async (): Promise<Finding> => {
    const { attributes } = await sns.send(new GetSMSAttributesCommand({ attributes: ['MonthlySpendLimit'] }));
    const dollars = Number(attributes?.['MonthlySpendLimit'] ?? 1);
    const found = `${dollars} dollars a month`;
    if (dollars >= LEAST_SMS_DOLLARS) return ok(found, `Deploy with -c smsMonthlyDollars=${dollars}`);
    const todo = 'Ask AWS Support for more, then: aws sns set-sms-attributes --attributes MonthlySpendLimit=50';
    return { verdict: bad, found, todo };
  };

  const mailSandbox = async (): Promise<Finding> => {
    const { ProductionAccessEnabled, SendingEnabled } = await ses.send(new GetAccountCommand({}));
    if (SendingEnabled === false) {
      return { verdict: bad, found: 'sending is paused', todo: 'SES console, Reputation: see why, and answer AWS' };
    }
    if (ProductionAccessEnabled) return ok('outside of the sandbox');
    const todo = 'SES console, Account dashboard, "Request production access"';
    return { verdict: bad, found: 'in the sandbox: only verified addresses are reached', todo };
  };

  const mailIdentity = (mailFrom: string) => async (): Promise<Finding> => {
    const domain = mailFrom.split('@').at(-1) ?? '';
    for (const EmailIdentity of [mailFrom, domain]) {
      try {
        const { VerifiedForSendingStatus } = await ses.send(new GetEmailIdentityCommand({ EmailIdentity }));
        if (VerifiedForSendingStatus) return ok(`${EmailIdentity} is verified`);
      } catch (error) {
        if (!isNamed(error, 'NotFoundException')) throw error;
      }
    }
    const todo = `aws sesv2 create-email-identity --email-identity ${domain}, then set the DNS records that it answers`;
    return { verdict: 'failed', found: `neither ${mailFrom} nor ${domain} is verified`, todo };
  };

  const bootstrap = async (): Promise<Finding> => {
    const todo = 'npx cdk bootstrap';
    try {
      const { Parameter } = await new SSMClient(settings).send(
        new GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' }),
      );
      const version = Number(Parameter?.Value ?? 0);
      if (version >= LEAST_BOOTSTRAP) return ok(`version ${version}`);
      return { verdict: 'failed', found: `version ${version}, and ${LEAST_BOOTSTRAP} is needed`, todo };
    } catch (error) {
      if (!isNamed(error, 'ParameterNotFound')) throw error;
      return { verdict: 'failed', found: 'not bootstrapped', todo };
    }
  };

  const gatewayKeys = async (): Promise<Finding> => {
    const gateway = new APIGatewayClient(settings);
    let count = 0;
    let position: string | undefined;
    do {
      const page = await gateway.send(new GetApiKeysCommand({ limit: 500, position }));
      count += page.items?.length ?? 0;
      position = page.position;
    } while (position);
    const found = `${count} of ${MOST_API_KEYS}`;
    if (count < NEAR * MOST_API_KEYS) return ok(found);
    const todo =
      'Users and machine keys beyond the limit share the rate limit of their tier. Use another account or region';
    return { verdict: 'warning', found, todo };
  };

  const certificate = (CertificateArn: string) => async (): Promise<Finding> => {
    const { Certificate } = await new ACMClient(settings).send(new DescribeCertificateCommand({ CertificateArn }));
    const names = Certificate?.SubjectAlternativeNames ?? [];
    if (Certificate?.Status !== 'ISSUED') {
      const todo = 'ACM console: set the DNS records of the certificate, and wait until it is issued';
      return { verdict: 'failed', found: `is ${Certificate?.Status ?? 'missing'}`, todo };
    }
    const { domain } = plan;
    if (domain === undefined || names.some((name) => covers(name, domain))) return ok(`issued for ${names.join(', ')}`);
    const todo = `Request a certificate for ${domain}, in this region`;
    return { verdict: 'failed', found: `issued for ${names.join(', ')}, not for ${domain}`, todo };
  };

  return [
    { name: 'Lambda concurrency', run: concurrency },
    { name: 'SMS sandbox', run: smsSandbox },
    { name: 'SMS spend limit', run: smsLimit },
    ...(plan.mailFrom === undefined
      ? []
      : [
          { name: 'E-mail sandbox', run: mailSandbox },
          { name: 'E-mail identity', run: mailIdentity(plan.mailFrom) },
        ]),
    { name: 'CDK bootstrap', run: bootstrap },
    { name: 'API Gateway keys', run: gatewayKeys },
    ...(plan.certificateArn === undefined ? [] : [{ name: 'Certificate', run: certificate(plan.certificateArn) }]),
  ];
};

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** Whether a name of a certificate, which may begin with `*.`, is good for a domain. */
const covers = (name: string, domain: string): boolean =>
  name === domain || (name.startsWith('*.') && domain.split('.').slice(1).join('.') === name.slice(2));
