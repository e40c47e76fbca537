import { runInNewContext } from 'node:vm';
import { App, type Environment } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { STAGES, type StageConfig } from '../../infra/config.ts';
import { EdgeStack, pathPatterns } from '../../infra/edge.ts';
import { withOptions } from '../../infra/options.ts';
import { surface } from '../../infra/surface.ts';
import { summaryOf } from '../support/template-summary.ts';
import { consoleFixture, type Resources } from '../support/templates.ts';
import { temporaryDirectory } from '../support/tools/temporary-directory.ts';

const prod = STAGES['prod'] ?? expect.fail('there is no stage prod');
const routes = surface().map(({ path }) => path);

const edgeOf = (stage: StageConfig, env: Environment = {}): Template => {
  const app = new App({ outdir: temporaryDirectory('edge') });
  const key = { makerArn: 'arn:aws:lambda:eu-central-1:111122223333:function:values', hashes: 'known' };
  const api = { host: 'abc.execute-api.eu-central-1.amazonaws.com', path: '/prod', routes };
  return Template.fromStack(new EdgeStack(app, { env, stage, api, key, files: consoleFixture() }));
};
const template = edgeOf(prod);

interface Behaviour {
  readonly PathPattern?: string;
  readonly TargetOriginId: string;
}
interface Config {
  readonly DefaultCacheBehavior: Behaviour;
  readonly CacheBehaviors: readonly Behaviour[];
  readonly Origins: readonly { readonly Id: string; readonly S3OriginConfig?: object }[];
}
const [distribution] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
const config = distribution?.['Properties'].DistributionConfig as Config;

const functionOf = (part: string) => {
  const codes = Object.entries(template.findResources('AWS::CloudFront::Function')).filter(([id]) => id.includes(part));
  const code = codes[0]?.[1]['Properties'].FunctionCode as string;
  return (event: object): { readonly uri: string; readonly headers: object } =>
    runInNewContext(`${code};handler(${JSON.stringify(event)})`) as never;
};

describe('the distribution', () => {
  test('leads every route to the API, and every other path to the files of the console', () => {
    const buckets = config.Origins.filter(({ S3OriginConfig }) => S3OriginConfig).map(({ Id }) => Id);
    const patterns = config.CacheBehaviors.filter(({ TargetOriginId }) => !buckets.includes(TargetOriginId)).map(
      ({ PathPattern = '' }) => new RegExp(`^${PathPattern.replaceAll('*', '.*')}$`),
    );
    expect(routes.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
    for (const page of ['/', '/alerts', '/incidents/inc_1', '/on-call', '/assets/index.js']) {
      expect([page, patterns.some((pattern) => pattern.test(page))]).toEqual([page, false]);
    }
    expect(buckets).toContain(config.DefaultCacheBehavior.TargetOriginId);
    // CloudFront takes 25 behaviours of a distribution.
    expect(config.CacheBehaviors.length).toBeLessThan(20);
  });

  test('shows the API the key of this number, read again whenever the functions of the API know another one', () => {
    template.hasResourceProperties('Custom::EdgeKey', { EdgeKey: '1', Hashes: 'known' });
    const [id] = Object.keys(template.findResources('Custom::EdgeKey'));
    const shown = JSON.stringify(config.Origins).match(/"HeaderName":"tocsin-edge-key","HeaderValue":(\{[^}]*\})/)?.[1];
    expect(JSON.parse(shown ?? '{}')).toEqual({ 'Fn::GetAtt': [id, 'Key'] });
  });

  test('does not cache answers of the API, and forwards everything but the host', () => {
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        CacheBehaviors: Match.arrayWith([
          Match.objectLike({
            PathPattern: '/api/*',
            AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
            // CachingDisabled and AllViewerExceptHostHeader, which AWS manages.
            CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
            OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
            ViewerProtocolPolicy: 'redirect-to-https',
          }),
        ]),
      },
    });
  });

  test('asks the bucket of the status pages for nothing of the request, so that it answers, and keeps a file for as long as that says', () => {
    const policies = Object.entries(template.findResources('AWS::CloudFront::CachePolicy'));
    expect(policies).toHaveLength(1);
    const { CachePolicyConfig } = policies[0]?.[1]['Properties'] as { readonly CachePolicyConfig: object };
    expect(CachePolicyConfig).toMatchObject({
      MinTTL: 0,
      ParametersInCacheKeyAndForwardedToOrigin: {
        HeadersConfig: { HeaderBehavior: 'none' },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
      },
    });
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        CacheBehaviors: Match.arrayWith([
          Match.objectLike({ PathPattern: '/status/*', CachePolicyId: { Ref: policies[0]?.[0] } }),
        ]),
      },
    });
  });

  test('allows no inline script, no script of a foreign host and no frame, and no script at all on status pages', () => {
    const policies = Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy')).map(
      ({ Properties }) =>
        Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig.ContentSecurityPolicy
          .ContentSecurityPolicy as string,
    );
    expect(policies).toHaveLength(3);
    for (const policy of policies) {
      expect(policy).toMatch(/^default-src 'none'; (script-src 'self'; )?style-src 'self';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy.replace(/img-src [^;]*/, '')).not.toMatch(/unsafe|https?:|\*/);
    }
  });

  test('reads a bucket that nobody else reads', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 2);
  });

  test('opens the one page for addresses of pages, and files by their own', () => {
    const pages = functionOf('Pages');
    const opened = (uri: string): string => pages({ request: { uri, headers: {} } }).uri;
    expect(['/', '/alerts', '/incidents/inc_1'].map(opened)).toEqual(['/index.html', '/index.html', '/index.html']);
    expect(opened('/assets/index-1.js')).toBe('/assets/index-1.js');
  });

  test('writes the address of the client over what the client says of itself', () => {
    const request = { uri: '/api/auth/login', headers: { 'tocsin-client-address': { value: '192.0.2.1' } } };
    const { headers } = functionOf('ClientAddress')({ viewer: { ip: '203.0.113.9' }, request });
    expect(headers).toEqual({ 'tocsin-client-address': { value: '203.0.113.9' } });
  });

  test('is what was reviewed last', async () => {
    const { Resources } = template.toJSON() as { readonly Resources: Resources };
    await expect(summaryOf(Resources)).toMatchFileSnapshot('snapshots/edge.txt');
  });
});

describe('a domain', () => {
  const options: Readonly<Record<string, string>> = {
    domain: 'tocsin.example.com',
    certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1',
    hostedZoneId: 'Z1',
  };

  test('is a name of the distribution, by TLS 1.2 and later, with its records', () => {
    const served = edgeOf(withOptions(prod, (name) => options[name]));
    served.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['tocsin.example.com'],
        ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
      },
    });
    served.resourceCountIs('AWS::Route53::RecordSet', 2);
  });
});

describe('a web ACL', () => {
  const guarded = withOptions(prod, (name) => (name === 'waf' ? 'true' : undefined));

  test('is before the distribution, and refuses an address that sends more than it may with 429', () => {
    const served = edgeOf(guarded);
    const [[id] = []] = Object.entries(served.findResources('AWS::WAFv2::WebACL'));
    served.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'CLOUDFRONT',
      DefaultAction: { Allow: {} },
      Rules: [
        Match.objectLike({
          Statement: { RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: 10_000 } },
          Action: { Block: { CustomResponse: Match.objectLike({ ResponseCode: 429 }) } },
        }),
      ],
    });
    served.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: { WebACLId: { 'Fn::GetAtt': [id, 'Arn'] } },
    });
  });

  test('is none without the option', () => {
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  test('is one of us-east-1: the synthesis of a stage of another region fails and says what to do', () => {
    expect(() => edgeOf(guarded, { region: 'eu-central-1' })).toThrow('give it as -c webAclArn');
    expect(() => edgeOf(guarded, { region: 'us-east-1' })).not.toThrow();
  });
});

test('paths lead to the API by their first part', () => {
  expect(pathPatterns(['/api/users', '/api/roles/{name}', '/metrics', '/l/{key}'])).toEqual([
    '/api/*',
    '/l/*',
    '/metrics',
  ]);
});
