import { aws_wafv2 as waf } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { SECURITY_HEADERS } from '../../shared/http/problem.ts';

export interface WebAclProps {
  readonly name: string;
  /** ARN of the stage of the API. */
  readonly stageArn: string;
  /** Requests that one address may send in five minutes. */
  readonly requestsInFiveMinutes: number;
}

const FIVE_MINUTES_SECONDS = 300;

/**
 * A web ACL that refuses an address which sends more requests than one may, with 429 and before API Gateway charges for them. Public
 * routes are throttled by method for all callers together, so without it one address can take the share of all others.
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { name, stageArn, requestsInFiveMinutes }: WebAclProps) {
    super(scope, id);
    const visible = (metricName: string): waf.CfnWebACL.VisibilityConfigProperty => ({
      metricName,
      cloudWatchMetricsEnabled: false,
      sampledRequestsEnabled: true,
    });
    const acl = new waf.CfnWebACL(this, 'Acl', {
      name,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: visible(name),
      rules: [
        {
          name: 'OneAddress',
          priority: 0,
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              limit: requestsInFiveMinutes,
              evaluationWindowSec: FIVE_MINUTES_SECONDS,
            },
          },
          action: { block: { customResponse: REFUSAL } },
          visibilityConfig: visible('OneAddress'),
        },
      ],
    });
    new waf.CfnWebACLAssociation(this, 'Association', { webAclArn: acl.attrArn, resourceArn: stageArn });
  }
}

/** The gateway's own shape has a request id, which a web ACL does not know. */
const REFUSAL: waf.CfnWebACL.CustomResponseProperty = {
  responseCode: 429,
  responseHeaders: [
    { name: 'Retry-After', value: String(FIVE_MINUTES_SECONDS) },
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => ({ name, value })),
  ],
};
