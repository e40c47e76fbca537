import type { Channel, Links } from '../../shared/channels/channel.ts';
import { REFUSALS } from './world/services.ts';
import type { Surroundings, World } from './world/world.ts';

/** How a provider of messages behaves. Rates are shares of what it is handed. */
export interface Mood {
  /** It refuses for now. */
  readonly refuses: number;
  /** It refuses for good, such as a number that does not exist. */
  readonly rejects: number;
  /** What it is handed reaches it twice. */
  readonly doubles: number;
  /** From when to when it takes nothing at all. */
  readonly down?: { readonly from: number; readonly to: number };
}

/** A message at the boundary of the provider. */
export interface Handed {
  readonly key: string;
  readonly contactId: string;
  readonly to: string;
  readonly links: Links | undefined;
  /** When the sender called, and when the provider had it. */
  readonly askedAt: number;
  readonly takenAt: number;
  /** What became of the provider's answer. */
  answer: 'on its way' | 'heard' | 'lost';
  /** The network brought it twice; the sender knows nothing of it. */
  readonly isDouble?: true;
}

const named = (name: string): Error => Object.assign(new Error(name), { name });

/** A provider of messages that knows idempotency keys: it delivers a message of one key once. */
export const simulatedProvider = (world: World, mood: Mood, delivered: (message: Handed) => void = () => undefined) => {
  const handed: Handed[] = [];
  const refused = new Map<string, number>();

  const take = (mine: Handed): void => {
    const { down } = mood;
    if (down && world.now() >= down.from && world.now() < down.to) throw REFUSALS.refused();
    if (world.chance.happens(mood.refuses)) throw REFUSALS.refused();
    if (world.chance.happens(mood.rejects)) throw named('InvalidParameterException');
    handed.push(mine);
    delivered(mine);
    if (world.chance.happens(mood.doubles)) handed.push({ ...mine, isDouble: true });
  };

  const channelIn = ({ call }: Surroundings): Channel => ({
    takesLinks: true,
    knowsKeys: true,
    send: async ({ contactId, to, links }, { idempotencyKey: key }) => {
      const askedAt = world.now();
      let mine: Handed | undefined;
      try {
        await call(() => {
          mine = { key, contactId, to, links, askedAt, takenAt: world.now(), answer: 'on its way' };
          take(mine);
          return {};
        }, REFUSALS);
      } catch (error) {
        if (mine) mine.answer = 'lost';
        refused.set(key, (refused.get(key) ?? 0) + 1);
        throw error;
      }
      if (mine) mine.answer = 'heard';
      return { provider: 'stand-in', providerId: `p${handed.length}` };
    },
  });

  return {
    channelIn,
    /** Every message that the provider took, in order; of one key it delivers the first. */
    handed: (): readonly Handed[] => handed,
    /** How often a message of this key was refused, or its answer lost. */
    refusals: (key: string): number => refused.get(key) ?? 0,
  };
};

export type SimulatedProvider = ReturnType<typeof simulatedProvider>;
