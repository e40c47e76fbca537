import { sharedMeter } from '../../../shared/kernel/tiers.ts';
import { ownMeter } from '../meters/metering.ts';
import { bearers, type BearerSettings } from './bearer.ts';
import { apiIn, baseOf, policyFor, type GatewayRoute, type PolicyDocument } from './policy.ts';
import { remembered } from './remembered.ts';

export interface AuthorizerEvent {
  readonly authorizationToken?: string;
  readonly methodArn: string;
}

/** What the gateway keeps and hands on. Its context takes strings only; `callerOf` in shared/http reads them. */
export interface AuthorizerAnswer {
  readonly principalId: string;
  readonly policyDocument: PolicyDocument;
  readonly context: Readonly<Record<string, string>>;
  readonly usageIdentifierKey: string;
}

export interface AuthorizerSettings extends BearerSettings {
  readonly stage: string;
  readonly routes: readonly GatewayRoute[];
}

/**
 * Decides who a bearer is and what they may call. Throws `Unauthorized`, the one message that the gateway turns into a
 * 401, for everybody who is nobody; rejects with another error when it cannot know, and then nothing is allowed either.
 */
export const authorizer = (settings: AuthorizerSettings) => {
  const { routes, stage } = settings;
  const bearerOf = bearers(settings);
  const policies = new Map<string, PolicyDocument>();

  return async ({ authorizationToken = '', methodArn }: AuthorizerEvent): Promise<AuthorizerAnswer> => {
    const known = await bearerOf(authorizationToken);
    if (!known) throw new Error('Unauthorized');
    const base = baseOf(methodArn);
    const scope = known.permissions.join(' ');
    return {
      principalId: known.id,
      policyDocument: remembered(policies, `${base} ${known.restricted} ${scope}`, () =>
        policyFor(base, routes, known),
      ),
      context: {
        kind: known.kind,
        id: known.id,
        name: known.name,
        sessionId: known.sessionId,
        roles: known.roles.join(' '),
        permissions: scope,
        tier: known.tier,
        restricted: String(known.restricted),
        ...(known.networks && { networks: known.networks.join(' ') }),
        ...(known.provedAt !== undefined && { provedAt: known.provedAt }),
        ...(known.hasSecondFactor && { secondFactor: 'true' }),
      },
      // The gateway answers 403 to a key that no usage plan of this API has.
      usageIdentifierKey:
        known.meteredIn === apiIn(methodArn) ? ownMeter(stage, known.id) : sharedMeter(stage, known.tier),
    };
  };
};
