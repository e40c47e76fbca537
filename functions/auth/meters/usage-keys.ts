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
import { TIER_NAMES, type Tier } from '../../../shared/kernel/tiers.ts';

export interface UsageKeysDeps {
  readonly gateway: Pick<APIGatewayClient, 'send'>;
  /** Usage plan id of each tier. */
  readonly planIds: Readonly<Record<Tier, string>>;
}

/**
 * The gateway's keys, one for each user and machine key, each in the usage plan of its tier. Every step looks at what is
 * there, so all of it may be done again at any time, after any crash.
 */
export const usageKeys = ({ gateway, planIds }: UsageKeysDeps) => {
  const find = async (name: string): Promise<string | undefined> => {
    let position: string | undefined;
    do {
      const answer = await gateway.send(new GetApiKeysCommand({ nameQuery: name, limit: 100, position }));
      const found = answer.items?.find((key) => key.name === name);
      if (found) return found.id;
      position = answer.position;
    } while (position);
    return undefined;
  };

  const make = async (name: string): Promise<string> => {
    try {
      const { id } = await gateway.send(
        new CreateApiKeyCommand({ name, value: name, enabled: true, description: 'The meter of one caller of Tocsin' }),
      );
      if (id) return id;
    } catch (error) {
      if (!isNamed(error, 'ConflictException')) throw error;
    }
    // Made a moment ago, by an attempt that was cut off or by somebody else.
    const id = await find(name);
    if (!id) throw new Error(`The gateway neither makes nor finds the key ${name}`);
    return id;
  };

  const isIn = async (usagePlanId: string, keyId: string): Promise<boolean> => {
    try {
      await gateway.send(new GetUsagePlanKeyCommand({ usagePlanId, keyId }));
      return true;
    } catch (error) {
      if (isNamed(error, 'NotFoundException')) return false;
      throw error;
    }
  };

  /**
   * Has the key, made if need be, in the plan of the tier and in no other. A key can be in one plan of a stage only. One that
   * is deleted meanwhile is made again. `full`: the account holds as many keys as it may.
   */
  const place = async (name: string, tier: Tier): Promise<'placed' | 'full'> => {
    try {
      await placeOnce(name, tier);
    } catch (error) {
      if (isNamed(error, 'LimitExceededException')) return 'full';
      if (!isNamed(error, 'NotFoundException')) throw error;
      await placeOnce(name, tier);
    }
    return 'placed';
  };

  const placeOnce = async (name: string, tier: Tier): Promise<void> => {
    const keyId = (await find(name)) ?? (await make(name));
    for (const [other, usagePlanId] of Object.entries(planIds)) {
      if (other !== tier && (await isIn(usagePlanId, keyId))) {
        await ignoring('NotFoundException', gateway.send(new DeleteUsagePlanKeyCommand({ usagePlanId, keyId })));
      }
    }
    const usagePlanId = planIds[tier];
    if (await isIn(usagePlanId, keyId)) return;
    await ignoring(
      'ConflictException',
      gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' })),
    );
  };

  /** Deletes the key, and with it its place in a plan. */
  const remove = async (name: string): Promise<void> => {
    const apiKey = await find(name);
    if (apiKey) await ignoring('NotFoundException', gateway.send(new DeleteApiKeyCommand({ apiKey })));
  };

  /** The tier of each key that is in a plan, by name. */
  const placed = async (): Promise<ReadonlyMap<string, Tier>> => {
    const tiers = new Map<string, Tier>();
    for (const tier of TIER_NAMES) {
      let position: string | undefined;
      do {
        const answer = await gateway.send(
          new GetUsagePlanKeysCommand({ usagePlanId: planIds[tier], limit: 500, position }),
        );
        for (const { name } of answer.items ?? []) if (name) tiers.set(name, tier);
        position = answer.position;
      } while (position);
    }
    return tiers;
  };

  /** The names of all keys that begin so, in a plan or not. */
  const names = async (prefix: string): Promise<readonly string[]> => {
    const found: string[] = [];
    let position: string | undefined;
    do {
      const answer = await gateway.send(new GetApiKeysCommand({ nameQuery: prefix, limit: 500, position }));
      found.push(...(answer.items ?? []).flatMap(({ name }) => (name?.startsWith(prefix) ? [name] : [])));
      position = answer.position;
    } while (position);
    return found;
  };

  return { place, remove, placed, names };
};

export type UsageKeys = ReturnType<typeof usageKeys>;

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

const ignoring = async (name: string, work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!isNamed(error, name)) throw error;
  }
};
