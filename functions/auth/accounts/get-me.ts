import * as z from 'zod/mini';
import type { Request } from '../../../shared/kernel/caller.ts';
import { isTier, TIERS } from '../../../shared/kernel/tiers.ts';
import { TierName } from './user.ts';

/** The caller and what they may do. */
export const Me = z
  .object({
    kind: z.enum(['user', 'machine']),
    id: z.string(),
    name: z.string(),
    roles: z.readonly(z.array(z.string())),
    permissions: z.readonly(z.array(z.string())),
    sessionId: z.nullable(z.string()),
    passwordChangeRequired: z.boolean(),
    limits: z.object({ tier: TierName, requestsPerMinute: z.int(), burst: z.int() }),
  })
  .register(z.globalRegistry, { id: 'Me' });
export type Me = z.infer<typeof Me>;

/** The caller as the authorizer established them. Reads nothing. */
export const getMe = ({ caller }: Pick<Request, 'caller'>): Me => {
  const tier = isTier(caller.tier) ? caller.tier : 'standard';
  return {
    kind: caller.kind === 'machine' ? 'machine' : 'user',
    id: caller.id,
    name: caller.name,
    roles: caller.roles,
    permissions: caller.permissions,
    sessionId: caller.sessionId || null,
    passwordChangeRequired: caller.restricted,
    limits: { tier, ...TIERS[tier] },
  };
};
