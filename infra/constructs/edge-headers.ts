import { aws_cloudfront as cloudfront, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * What pages of the console may do. Scripts and requests are of this host alone, no script is inline, and no other page may frame them.
 * Cloudscape sets styles of elements by script, which the policy does not bind, and writes no style sheet into the page. Its fonts are in its
 * style sheet.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** What status pages may do: show their style and pictures, and send the form of a subscriber. They have no script. */
const STATUS_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data: https:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const YEAR = Duration.days(365);

/** The headers of status pages, which say themselves how long they are good. */
export const statusHeaders = (scope: Construct, id: string): cloudfront.ResponseHeadersPolicy =>
  headersWith(scope, id, STATUS_SECURITY_POLICY);

/** The headers of files of the console. `cacheControl` is for browsers: CloudFront itself is invalidated by a deployment. */
export const fileHeaders = (scope: Construct, id: string, cacheControl: string): cloudfront.ResponseHeadersPolicy =>
  headersWith(scope, id, CONTENT_SECURITY_POLICY, cacheControl);

const headersWith = (
  scope: Construct,
  id: string,
  contentSecurityPolicy: string,
  cacheControl?: string,
): cloudfront.ResponseHeadersPolicy =>
  new cloudfront.ResponseHeadersPolicy(scope, id, {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override: true },
      contentTypeOptions: { override: true },
      frameOptions: { frameOption: cloudfront.HeadersFrameOption.DENY, override: true },
      referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.SAME_ORIGIN, override: true },
      strictTransportSecurity: { accessControlMaxAge: YEAR, includeSubdomains: true, override: true },
    },
    customHeadersBehavior: {
      customHeaders: [
        ...(cacheControl === undefined ? [] : [{ header: 'cache-control', value: cacheControl, override: true }]),
        { header: 'cross-origin-opener-policy', value: 'same-origin', override: true },
        { header: 'permissions-policy', value: 'camera=(), geolocation=(), microphone=()', override: true },
      ],
    },
  });
