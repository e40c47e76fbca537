import {
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanKeyCommand,
  GetApiKeysCommand,
  GetUsagePlanKeyCommand,
  GetUsagePlanKeysCommand,
  type APIGatewayClient,
} from '@aws-sdk/client-api-gateway';
import { TIER_NAMES, type Tier } from '../../shared/kernel/tiers.ts';

/** The usage plan of each tier. */
export const PLAN_IDS = Object.fromEntries(TIER_NAMES.map((tier) => [tier, `plan-${tier}`])) as Record<Tier, string>;

const named = (name: string): Error => Object.assign(new Error(name), { name });

/**
 * A gateway that behaves as API Gateway does: one plan a stage for a key, conflicts and not-founds. `dieAfter` calls it
 * dies.
 */
export const fakeGateway = () => {
  const keys = new Map<string, { id: string; plan?: string }>();
  let calls = 0;
  let dieAt = Infinity;
  let doomed: string | undefined;
  let mostKeys = Infinity;
  let creations = 0;
  const carryOut = (command: { input: object }): object => {
    const input = command.input as Record<string, string>;
    const byId = (id: string | undefined) => [...keys.values()].find((key) => key.id === id);
    if (command instanceof CreateApiKeyCommand) {
      creations += 1;
      const name = input['name'] ?? '';
      if (!/^[A-Za-z0-9]{20,128}$/.test(input['value'] ?? '')) throw named('BadRequestException');
      if (keys.has(name)) throw named('ConflictException');
      if (keys.size >= mostKeys) throw named('LimitExceededException');
      keys.set(name, { id: `id-${name}` });
      return { id: `id-${name}` };
    }
    if (command instanceof GetApiKeysCommand) {
      const query = input['nameQuery'] ?? '';
      return { items: [...keys].filter(([name]) => name.startsWith(query)).map(([name, { id }]) => ({ name, id })) };
    }
    if (command instanceof GetUsagePlanKeysCommand) {
      const members = [...keys].filter(([, { plan }]) => plan !== undefined && plan === input['usagePlanId']);
      const start = Number(input['position'] ?? 0);
      const page = members.slice(start, start + 2).map(([name, { id }]) => ({ id, name }));
      return { items: page, ...(start + 2 < members.length && { position: String(start + 2) }) };
    }
    if (command instanceof GetUsagePlanKeyCommand) {
      if (byId(input['keyId'])?.plan !== input['usagePlanId']) throw named('NotFoundException');
      return {};
    }
    if (doomed && command instanceof CreateUsagePlanKeyCommand) {
      keys.delete(doomed);
      doomed = undefined;
    }
    const key = byId(input['keyId'] ?? input['apiKey']);
    if (!key) throw named('NotFoundException');
    if (command instanceof CreateUsagePlanKeyCommand) {
      if (key.plan) throw named('ConflictException');
      key.plan = input['usagePlanId'] ?? '';
    } else if (command instanceof DeleteUsagePlanKeyCommand) {
      if (key.plan !== input['usagePlanId']) throw named('NotFoundException');
      delete key.plan;
    } else if (command instanceof DeleteApiKeyCommand) {
      keys.delete([...keys].find(([, each]) => each === key)?.[0] ?? '');
    }
    return {};
  };
  const send = async (command: { input: object }): Promise<object> => {
    if (++calls > dieAt) throw new Error('the reactor died');
    const result = carryOut(command);
    if (calls === dieAt) throw new Error('the reactor died');
    return result;
  };
  return {
    send: send as unknown as APIGatewayClient['send'],
    planOf: (name: string) => keys.get(name)?.plan,
    has: (name: string) => keys.has(name),
    /** How often a key was to be made. */
    creations: () => creations,
    /** Deletes a key just before the next call that would put it into a plan. */
    deleteBeforePlacing: (name: string) => {
      doomed = name;
    },
    dieAfter: (more: number) => {
      dieAt = calls + more;
    },
    /** Has the gateway take no more keys than these. */
    limitTo: (most: number) => {
      mostKeys = most;
    },
    /** The plans go, as with a stack that is destroyed; the keys stay. */
    losePlans: () => {
      for (const key of keys.values()) delete key.plan;
    },
    live: () => {
      dieAt = Infinity;
    },
  };
};
