import type { InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { sendsTo } from './services.ts';
import type { Call, Deployed, World } from './world.ts';

export interface Invocations {
  /** The client of a container that hands events on. */
  readonly lambdaIn: (call: Call) => Pick<LambdaClient, 'send'>;
  /** Events that Lambda gave up. */
  readonly deadLetters: readonly string[];
}

interface Accepted {
  readonly event: string;
  readonly at: number;
  failures: number;
  throttles: number;
}

/**
 * Asynchronous invocations of a function, as Lambda carries them out: some events come twice and in any order, a function that fails or dies gets its
 * event again after one minute and after two, and one that is throttled gets it later and later, for as long as the event lives.
 */
export const invocationsOf = <E>(
  world: World,
  fn: () => Deployed<E, unknown>,
  { lifeSeconds }: { readonly lifeSeconds: number },
): Invocations => {
  const deadLetters: string[] = [];

  const later = (each: Accepted, seconds: number): void => {
    if (world.now() + seconds * 1000 > each.at + lifeSeconds * 1000) deadLetters.push(each.event);
    else world.after(seconds * 1000 + world.lag(20), () => void attempt(each));
  };

  const attempt = async (each: Accepted): Promise<void> => {
    if (world.chance.happens(world.weather().refuses)) return later(each, 2 ** each.throttles++);
    const ending = await fn().invoke(JSON.parse(each.event) as E);
    if (ending.kind !== 'answered') {
      if (++each.failures > 2) deadLetters.push(each.event);
      else later(each, each.failures * 60);
    } else if (world.chance.happens(world.weather().repeats)) later(each, world.chance.between(0, 90));
  };

  const accept = ({ Payload }: InvokeCommandInput): object => {
    const each: Accepted = { event: String(Payload), at: world.now(), failures: 0, throttles: 0 };
    world.after(world.lag(20), () => void attempt(each));
    return { StatusCode: 202 };
  };
  return { deadLetters, lambdaIn: (call) => sendsTo(call, accept) };
};
