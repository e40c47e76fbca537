import { aws_wafv2 as waf, Token, type Stack } from 'aws-cdk-lib';
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

/** A web ACL with one rule: an address that sends more requests than one may is refused with 429. */
const rateBased = (
  scope: Construct,
  id: string,
  { name, of, limit }: { readonly name: string; readonly of: 'REGIONAL' | 'CLOUDFRONT'; readonly limit: number },
): waf.CfnWebACL => {
  const visible = (metricName: string): waf.CfnWebACL.VisibilityConfigProperty => ({
    metricName,
    cloudWatchMetricsEnabled: false,
    sampledRequestsEnabled: true,
  });
  return new waf.CfnWebACL(scope, id, {
    name,
    scope: of,
    defaultAction: { allow: {} },
    visibilityConfig: visible(name),
    rules: [
      {
        name: 'OneAddress',
        priority: 0,
        statement: {
          rateBasedStatement: { aggregateKeyType: 'IP', limit, evaluationWindowSec: FIVE_MINUTES_SECONDS },
        },
        action: { block: { customResponse: REFUSAL } },
        visibilityConfig: visible('OneAddress'),
      },
    ],
  });
};

/**
 * A web ACL that refuses an address which sends more requests than one may, with 429 and before API Gateway charges for them. Public
 * routes are throttled by method for all callers together, so without it one address can take the share of all others.
 */
export class WebAcl extends Construct {
  constructor(scope: Construct, id: string, { name, stageArn, requestsInFiveMinutes }: WebAclProps) {
    super(scope, id);
    const acl = rateBased(this, 'Acl', { name, of: 'REGIONAL', limit: requestsInFiveMinutes });
    new waf.CfnWebACLAssociation(this, 'Association', { webAclArn: acl.attrArn, resourceArn: stageArn });
  }
}

/** The only region of web ACLs of CloudFront. */
const EDGE_REGION = 'us-east-1';

/** The ARN of a web ACL of CloudFront, for a distribution in the same stack. Throws where the stack is of another region than such an ACL. */
export const edgeAcl = (stack: Stack, name: string, requestsInFiveMinutes: number): string => {
  if (!Token.isUnresolved(stack.region) && stack.region !== EDGE_REGION) {
    throw new Error(
      `waf=true makes a web ACL of CloudFront, which is one of ${EDGE_REGION}, and this stage is of ${stack.region}. Make one there, and give it as -c webAclArn`,
    );
  }
  return rateBased(stack, 'WebAcl', { name, of: 'CLOUDFRONT', limit: requestsInFiveMinutes }).attrArn;
};

/** The gateway's own shape has a request id, which a web ACL does not know. */
const REFUSAL: waf.CfnWebACL.CustomResponseProperty = {
  responseCode: 429,
  responseHeaders: [
    { name: 'Retry-After', value: String(FIVE_MINUTES_SECONDS) },
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => ({ name, value })),
  ],
};
