import {
  aws_certificatemanager as acm,
  aws_cloudfront as cloudfront,
  aws_cloudfront_origins as origins,
  aws_route53 as route53,
  aws_route53_targets as targets,
  aws_s3 as s3,
  aws_s3_deployment as deployment,
  CfnOutput,
  CustomResource,
  Duration,
  RemovalPolicy,
  Stack,
  type App,
  type StackProps,
} from 'aws-cdk-lib';
import { EDGE_ADDRESS_HEADER, EDGE_KEY_HEADER } from '../shared/http/edge-headers.ts';
import type { Domain, StageConfig } from './config.ts';
import { fileHeaders, statusHeaders } from './constructs/edge-headers.ts';
import { edgeAcl } from './constructs/web-acl.ts';
import { statusBucketName } from './contexts/status.ts';

export interface EdgeProps extends StackProps {
  readonly stage: StageConfig;
  readonly api: {
    /** Host of the API at API Gateway. */
    readonly host: string;
    /** Where its stage begins, such as `/prod`. */
    readonly path: string;
    /** The paths of all routes. */
    readonly routes: readonly string[];
  };
  /** How the API knows which requests came through this distribution. */
  readonly key: {
    /** The function that knows the key. */
    readonly makerArn: string;
    /** What the functions of the API know. Another one has the key read again. */
    readonly hashes: string;
  };
  /** Directory of the files of the console. */
  readonly files: string;
}

/**
 * The public face: one host that serves the console from S3 and everything else from the API, at the root, where clients of other vendors
 * expect it. The API does not depend on it.
 */
export class EdgeStack extends Stack {
  readonly distribution: cloudfront.Distribution;

  constructor(app: App, { stage, api, key, files, ...props }: EdgeProps) {
    super(app, `Tocsin-${stage.name}-edge`, props);
    const bucket = new s3.Bucket(this, 'Console', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    (bucket.node.defaultChild as s3.CfnBucket).overrideLogicalId('ConsoleBucket');
    const fromBucket = origins.S3BucketOrigin.withOriginAccessControl(bucket);
    const fromApi = new origins.HttpOrigin(api.host, {
      originPath: api.path,
      originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
      customHeaders: { [EDGE_KEY_HEADER]: this.keyOf(stage, key) },
    });
    const common = { viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS };
    const apiBehavior: cloudfront.BehaviorOptions = {
      ...common,
      origin: fromApi,
      allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
      cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
      originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // API Gateway compresses.
      compress: false,
      functionAssociations: [onRequest(new cloudfront.Function(this, 'ClientAddress', { code: inline(ADDRESS) }))],
    };
    const { edgeRequestsInFiveMinutes: limit } = stage;
    const webAclId = limit === undefined ? stage.webAclArn : edgeAcl(this, `tocsin-${stage.name}-edge`, limit);
    this.distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `Tocsin ${stage.name}`,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL,
      ...(stage.domain && this.servedAt(stage.domain)),
      ...(webAclId !== undefined && { webAclId }),
      defaultBehavior: {
        ...common,
        origin: fromBucket,
        responseHeadersPolicy: fileHeaders(this, 'PageHeaders', 'no-cache'),
        functionAssociations: [onRequest(new cloudfront.Function(this, 'Pages', { code: inline(PAGES) }))],
      },
      additionalBehaviors: {
        '/assets/*': {
          ...common,
          origin: fromBucket,
          responseHeadersPolicy: fileHeaders(this, 'AssetHeaders', 'public, max-age=31536000, immutable'),
        },
        '/status/*': {
          ...common,
          origin: this.statusPages(stage),
          responseHeadersPolicy: statusHeaders(this, 'StatusHeaders'),
          cachePolicy: asFilesSay(this, 'StatusCache'),
        },
        ...Object.fromEntries(pathPatterns(api.routes).map((pattern) => [pattern, apiBehavior])),
      },
    });
    new deployment.BucketDeployment(this, 'Files', {
      sources: [deployment.Source.asset(files)],
      destinationBucket: bucket,
      distribution: this.distribution,
      // A page that is open loads parts of the version before.
      prune: false,
      retainOnDelete: false,
      memoryLimit: 256,
    });
    if (stage.domain?.hostedZoneId !== undefined) this.addRecords(stage.domain.name, stage.domain.hostedZoneId);
    new CfnOutput(this, 'Url', {
      value: `https://${stage.domain?.name ?? this.distribution.distributionDomainName}/`,
      description: 'Address of the console and the API. Without a domain, give it as -c publicUrl from now on',
    });
  }

  /** The key of the edge, which CloudFormation shows nowhere: its function answers it as what must not be echoed. */
  private keyOf({ edgeKey }: StageConfig, { makerArn, hashes }: EdgeProps['key']): string {
    return new CustomResource(this, 'Key', {
      resourceType: 'Custom::EdgeKey',
      serviceToken: makerArn,
      serviceTimeout: Duration.minutes(3),
      properties: { EdgeKey: String(edgeKey), Hashes: hashes },
    }).getAttString('Key');
  }

  /** By the name of their bucket, whose policy lets the distributions of this account read. */
  private statusPages(stage: StageConfig): cloudfront.IOrigin {
    const bucketName = statusBucketName(stage);
    const bucket = s3.Bucket.fromBucketAttributes(this, 'StatusFiles', {
      bucketName,
      bucketRegionalDomainName: `${bucketName}.s3.${this.region}.${this.urlSuffix}`,
    });
    const control = new cloudfront.S3OriginAccessControl(this, 'StatusAccess');
    return origins.S3BucketOrigin.withOriginAccessControl(bucket, { originAccessControl: control });
  }

  private servedAt({ name, certificateArn }: Domain): Partial<cloudfront.DistributionProps> {
    return {
      domainNames: [name],
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
    };
  }

  private addRecords(name: string, hostedZoneId: string): void {
    const zone = route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName: name });
    const target = route53.RecordTarget.fromAlias(new targets.CloudFrontTarget(this.distribution));
    new route53.ARecord(this, 'Address', { zone, target, recordName: `${name}.` });
    new route53.AaaaRecord(this, 'Address6', { zone, target, recordName: `${name}.` });
  }
}

/**
 * A file is kept for as long as it says itself. Nothing of the request is part of its key: CloudFront would send that to the bucket, which
 * does not answer to the host of the distribution. The managed policy for such files has the host in its key.
 */
const asFilesSay = (scope: Stack, id: string): cloudfront.CachePolicy =>
  new cloudfront.CachePolicy(scope, id, {
    comment: 'Files that say themselves for how long they are good',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(15),
    maxTtl: Duration.minutes(5),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });

const inline = (code: string): cloudfront.FunctionCode => cloudfront.FunctionCode.fromInline(code);

const onRequest = (fn: cloudfront.Function): cloudfront.FunctionAssociation => ({
  function: fn,
  eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
});

/** Each address of a page is the one page of the console, which reads the address. A last part with a dot is a file. */
const PAGES = `function handler(event) {
  var request = event.request;
  if (request.uri.split('/').pop().indexOf('.') < 0) request.uri = '/index.html';
  return request;
}`;

/** Says which address the client has: the API sees the address of CloudFront. */
const ADDRESS = `function handler(event) {
  event.request.headers['${EDGE_ADDRESS_HEADER}'] = { value: event.viewer.ip };
  return event.request;
}`;

/** The fewest patterns that lead every route to the API: by its first part. */
export const pathPatterns = (routes: readonly string[]): readonly string[] => {
  const patterns = routes.map((path) => {
    const [, first = '', ...rest] = path.split('/');
    return rest.length > 0 ? `/${first}/*` : `/${first}`;
  });
  return [...new Set(patterns)].sort();
};
