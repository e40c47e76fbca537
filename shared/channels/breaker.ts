import type { Clock } from '../kernel/clock.ts';
import { isTransient } from '../aws/transient.ts';
import type { Channel, Message } from './channel.ts';

/** So many failures in a row say that a provider is down. */
const FAILURES = 5;
const SPARED_MS = 15_000;
const MAX_PROVIDERS = 1_000;

/** A provider that is spared for a moment: nothing was sent, and it may be tried again. */
class Spared extends Error {
  override readonly name = 'Spared';
  readonly $metadata = { httpStatusCode: 503 };
}

interface Circuit {
  readonly failures: number;
  readonly sparedUntilMs: number;
}

const CLOSED: Circuit = { failures: 0, sparedUntilMs: 0 };

/**
 * Spares a provider that has failed five times in a row, for fifteen seconds: a sender is refused meanwhile
 * at once instead of waiting for a time-out. Then one is let through, and what becomes of it opens or closes the way for
 * the others. A refusal of one message is no failure of the provider. Each container counts for itself, and apart for each
 * `providerOf` a message.
 */
export const withBreaker = (
  clock: Clock,
  channel: Channel,
  providerOf: (message: Message) => string = () => '',
): Channel => {
  const circuits = new Map<string, Circuit>();
  return {
    ...channel,
    send: async (message, options) => {
      const provider = providerOf(message);
      const circuit = circuits.get(provider) ?? CLOSED;
      const nowMs = clock.now().getTime();
      if (circuit.failures >= FAILURES) {
        if (nowMs < circuit.sparedUntilMs)
          throw new Spared('The provider has failed five times in a row, and is spared');
        circuits.set(provider, { ...circuit, sparedUntilMs: nowMs + SPARED_MS });
      }
      try {
        const accepted = await channel.send(message, options);
        circuits.delete(provider);
        return accepted;
      } catch (error) {
        if (!isTransient(error)) circuits.delete(provider);
        else {
          if (circuits.size >= MAX_PROVIDERS) circuits.clear();
          const { failures } = circuits.get(provider) ?? CLOSED;
          circuits.set(provider, { failures: failures + 1, sparedUntilMs: clock.now().getTime() + SPARED_MS });
        }
        throw error;
      }
    },
  };
};

/** Of what is posted to a URL, each host is a provider. */
export const hostOf = ({ to }: Message): string => new URL(to).host;
