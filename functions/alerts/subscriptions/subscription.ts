import * as z from 'zod/mini';
import { sha256 } from '../../../shared/kernel/ids.ts';
import { SEVERITIES, Status } from '../alert.ts';
import { TransitionType } from '../transitions.ts';

const PROTOCOLS = ['email', 'sms', 'https', 'http', 'sqs', 'lambda'] as const;
export const Protocol = z.enum(PROTOCOLS);
export type Protocol = z.infer<typeof Protocol>;

/** A name to filter by; SNS compares it exactly. */
const Name = z.string().check(z.minLength(1), z.maxLength(128));
const some = <T extends z.core.$ZodType<string>>(of: T) =>
  z.optional(
    z.array(of).check(
      z.minLength(1),
      z.maxLength(50),
      z.refine((values: unknown[]) => new Set(values).size === values.length, 'names something twice'),
    ),
  );

/** What subscribers can receive about incidents, and the severities of these. */
export const INCIDENT_HAPPENINGS = ['opened', 'status_changed', 'severity_changed', 'update_published'] as const;
const INCIDENT_SEVERITIES = ['SEV1', 'SEV2', 'SEV3', 'SEV4', 'SEV5'] as const;

/** A filter of messages: every field that is given must match, by one of its values. */
export const SubscriptionFilter = z
  .strictObject({
    severities: some(z.enum([...SEVERITIES, ...INCIDENT_SEVERITIES])),
    services: some(Name),
    sources: some(Name),
    teams: some(Name),
    transitions: some(TransitionType),
    statuses: some(Status),
    environments: some(Name),
    /** Changes of incidents: instead of alerts, or beside the transitions where these are named. */
    incidents: some(z.enum(INCIDENT_HAPPENINGS)),
  })
  .register(z.globalRegistry, { id: 'SubscriptionFilter' });
export type SubscriptionFilter = z.infer<typeof SubscriptionFilter>;

export const Subscribe = z
  .strictObject({
    protocol: Protocol,
    endpoint: z.string().check(z.trim(), z.minLength(1), z.maxLength(2048)),
    filter: z.optional(SubscriptionFilter),
  })
  .register(z.globalRegistry, { id: 'Subscribe' });
export type Subscribe = z.infer<typeof Subscribe>;

/** A subscription as clients see it. */
export const Subscription = z
  .object({
    id: z.string(),
    protocol: z.string(),
    /** Masked where it would show an address or a secret. */
    endpoint: z.string(),
    /** Pending until the owner of the endpoint confirms it. SNS removes one that stays pending for two days. */
    state: z.enum(['pending', 'confirmed']),
    /** Null where SNS does not show it, or where it was set in SNS itself in words that Tocsin does not have. */
    filter: z.nullable(SubscriptionFilter),
    /** Null for a subscription that was made in SNS itself. */
    createdBy: z.nullable(z.string()),
    createdAt: z.nullable(z.iso.datetime()),
  })
  .register(z.globalRegistry, { id: 'Subscription' });
export type Subscription = z.infer<typeof Subscription>;

/**
 * SNS has one subscription for a topic, protocol and endpoint, so these name it. The id is the same before and after its
 * confirmation.
 */
export const subscriptionId = (topicArn: string, protocol: string, endpoint: string): string =>
  `sub_${sha256(topicArn, protocol, endpoint).slice(0, 32)}`;

/** An endpoint as it may be shown: enough to recognise, too little to use. */
export const maskedEndpoint = (protocol: string, endpoint: string): string => {
  switch (protocol) {
    case 'email':
    case 'email-json':
      return endpoint.replace(/^(.)[^@]*(?=@)/s, '$1***');
    case 'sms':
      return endpoint.replace(/^(\+?\d{2})\d*(\d{2})$/, '$1***$2');
    case 'http':
    case 'https': {
      // Paths and queries of webhooks are often secrets.
      if (!URL.canParse(endpoint)) return '***';
      const { origin, pathname, search } = new URL(endpoint);
      return pathname === '/' && search === '' ? origin : `${origin}/***`;
    }
    default:
      return endpoint;
  }
};
