import type { Assembly } from '../types.ts';
import type { Signer } from './guard.ts';
import type { Ask } from './policy.ts';

/** A request to one of the services, as far as it decides what is asked. */
export interface ServiceRequest {
  readonly method?: string;
  readonly path?: string;
  /** A parameter by its name on the wire. */
  readonly text: (name: string) => string | undefined;
  readonly body?: Readonly<Record<string, unknown>>;
}

/**
 * What a request to a service other than DynamoDB asks of IAM, by the actions and resource types of the
 * [Service Authorization Reference](https://docs.aws.amazon.com/service-authorization/latest/reference/). A service that is
 * none of AWS asks nothing.
 */
export function serviceAsks(
  service: string,
  operation: string,
  request: ServiceRequest,
  { region }: Signer,
  { find, account, byType }: Pick<Assembly, 'find' | 'account' | 'byType'>,
): readonly Ask[] {
  const arnOf = (id: string | undefined): string => find(id ?? '')?.arn ?? id ?? '*';
  const { text } = request;
  switch (service) {
    case 'sqs':
      return [{ action: `sqs:${operation.replace(/Batch$/, '')}`, resource: arnOf(text('QueueUrl')) }];
    case 'sns': {
      // IAM knows no resource for a subscription.
      const resource = text('TopicArn') ?? text('TargetArn') ?? text('PhoneNumber') ?? '*';
      return [{ action: `sns:${operation.replace(/Batch$/, '')}`, resource }];
    }
    case 'sms-voice':
      return [{ action: `sms-voice:${operation}`, resource: '*' }];
    case 'ssm': {
      // A path is a resource as a name is.
      const names = (request.body?.['Names'] as string[] | undefined) ?? [text('Name') ?? text('Path') ?? ''];
      return names.map((name) => ({
        action: `ssm:${operation}`,
        resource: `arn:aws:ssm:${region}:${account}:parameter${name}`,
      }));
    }
    case 'secretsmanager': {
      // A secret that has left its template keeps the tags of the stage.
      const tagged = find(text('SecretId') ?? '') ?? byType('AWS::SecretsManager::Secret')[0];
      const tags = (tagged?.properties['Tags'] ?? []) as readonly { readonly Key: string; readonly Value: string }[];
      return [
        {
          action: `secretsmanager:${operation}`,
          resource: arnOf(text('SecretId')),
          context: Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, [Value]])),
        },
      ];
    }
    case 'cloudwatch': {
      const resource = operation === 'DescribeAlarms' ? `arn:aws:cloudwatch:${region}:${account}:alarm:*` : '*';
      return [{ action: `cloudwatch:${operation}`, resource }];
    }
    case 'ses': {
      const from = /(?<![^<\s])[^<\s@]+@[^>\s]+/.exec(String(request.body?.['FromEmailAddress'] ?? ''))?.[0] ?? '';
      const context = { 'ses:FromAddress': [from] };
      // A sender is verified by its address or by its domain; either must do.
      return [from, from.replace(/^.*@/, '')].map((identity) => ({
        action: 'ses:SendEmail',
        resource: `arn:aws:ses:${region}:${account}:identity/${identity}`,
        context,
      }));
    }
    case 's3': {
      // IAM has one action for both ways to read.
      const action = operation === 'HeadObject' ? 'GetObject' : operation;
      return [{ action: `s3:${action}`, resource: `arn:aws:s3:::${text('Object')}` }];
    }
    case 'lambda': {
      const name = /\/functions\/([^/]+)\/invocations$/.exec(request.path ?? '')?.[1];
      return [{ action: 'lambda:InvokeFunction', resource: arnOf(name && decodeURIComponent(name)) }];
    }
    case 'apigateway':
      return [
        {
          action: `apigateway:${request.method}`,
          resource: `arn:aws:apigateway:${region}::${decodeURIComponent(request.path ?? '')}`,
        },
      ];
    default:
      return [];
  }
}
