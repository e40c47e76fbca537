import type { Clock } from '../../../shared/kernel/clock.ts';
import { agenda } from './agenda.ts';
import { identifiersFrom } from './identifiers.ts';
import { chanceOf, type Chance } from './random.ts';

/** How bad a world is. Rates are shares of all calls or deliveries. */
export interface Weather {
  /** A function dies at a call: before the service carried it out, or after, before the answer came. */
  readonly dies: number;
  /** A service refuses a call without doing anything. */
  readonly refuses: number;
  /** A service does what it is asked, and the answer is lost. */
  readonly losesAnswer: number;
  /** A call or a delivery takes long: seconds rather than milliseconds. */
  readonly dawdles: number;
  /** A record, a message or a run of a schedule comes twice. */
  readonly repeats: number;
  /** Clocks of containers differ from true time by up to this many milliseconds. */
  readonly skewMs: number;
}

export const CALM: Weather = { dies: 0, refuses: 0, losesAnswer: 0, dawdles: 0, repeats: 0, skewMs: 0 };

/** A Lambda environment: what is in its memory dies with it. */
export interface Container {
  readonly alive: boolean;
  readonly clock: Clock;
}

/** How an invocation ended: with an answer, with an error of its own, or by the death of its container. */
export type Ending<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'died' };

interface Invocation {
  readonly container: Container & { alive: boolean };
  readonly end: (ending: Ending<never>) => void;
}

/** Errors as a service's client throws them. */
export interface Refusals {
  readonly refused: () => Error;
  readonly unanswered: () => Error;
}

/** A deployed function: `build` is run for each new container, and gives what an invocation runs. */
export interface Deployed<E, T> {
  invoke(event: E): Promise<Ending<T>>;
}

/** Carries out one call of a service for a container. */
export type Call = <T>(effect: () => T, refusals: Refusals) => Promise<T>;

/** What a container has of the world. */
export interface Surroundings {
  readonly clock: Clock;
  readonly call: Call;
}

const MINUTE_MS = 60_000;
/** A clock is set at least so often. */
const STEPS_MS = 5 * MINUTE_MS;

/** What a service said, or a refusal that the caller may see. */
const isExpected = (error: unknown): boolean =>
  error instanceof Error && ['ThrottlingException', 'TimeoutError', 'Problem'].includes(error.name);

const drained = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/**
 * A world with a virtual clock in which functions call services. Everything that takes time is an entry of one agenda,
 * and between two entries all code runs until it waits; so a run is told by its seed alone. A function may die at each
 * of its calls.
 */
export const simulatedWorld = (seed: number, weather: Weather, startAt: Date) => {
  identifiersFrom(seed);
  const chance: Chance = chanceOf(seed);
  const plan = agenda();
  const surprises: string[] = [];
  let now = startAt.getTime();
  let current = weather;

  const after = (milliseconds: number, work: () => void): void => plan.put(now + Math.max(0, milliseconds), work);

  /** Milliseconds that a call or a delivery takes. */
  const lag = (usual = 5): number =>
    chance.happens(current.dawdles) ? chance.between(200, 8_000) : chance.between(1, 2 * usual);

  /** Carries out work a while later, in order, as indexes follow their table. */
  const inOrder = (): ((work: () => void) => void) => {
    let last = 0;
    return (work) => {
      last = Math.max(last, now + lag(20));
      plan.put(last, work);
    };
  };

  const callFor =
    (invocation: Invocation): Call =>
    (effect, { refused, unanswered }) =>
      new Promise((resolve, reject) => {
        const { container, end } = invocation;
        if (!container.alive) return;
        const die = (): void => {
          container.alive = false;
          end({ kind: 'died' });
        };
        after(lag(), () => {
          const dies = chance.happens(current.dies);
          if (dies && chance.happens(0.5)) return die();
          if (chance.happens(current.refuses)) return after(lag(), () => reject(refused()));
          let answer: ReturnType<typeof effect>;
          try {
            answer = effect();
          } catch (error) {
            return dies ? die() : after(lag(), () => reject(error as Error));
          }
          if (dies) return die();
          if (chance.happens(current.losesAnswer))
            return after(chance.between(1_000, 6_000), () => reject(unanswered()));
          after(lag(), () => resolve(answer));
        });
      });

  /** A clock that is off, and is set again every few minutes: it may go back as well as forward. */
  const steppingClock = (): Clock => {
    const { skewMs } = current;
    if (skewMs === 0) return { now: () => new Date(now) };
    let [skew, stepsAt] = [chance.between(-skewMs, skewMs), now + chance.between(MINUTE_MS, STEPS_MS)];
    return {
      now: () => {
        if (now >= stepsAt)
          [skew, stepsAt] = [chance.between(-skewMs, skewMs), now + chance.between(MINUTE_MS, STEPS_MS)];
        return new Date(now + skew);
      },
    };
  };

  /**
   * Deploys a function. Containers are reused while they live and are free, so what they remember counts; each has a clock
   * that may be off. An invocation that takes longer than `timeoutSeconds` dies.
   */
  const deploy = <E, T>(
    build: (container: Surroundings) => (event: E) => Promise<T>,
    timeoutSeconds = 29,
  ): Deployed<E, T> => {
    interface Warm {
      readonly state: { alive: boolean; readonly clock: Clock };
      readonly run: (event: E) => Promise<T>;
      current: Invocation;
    }
    const free: Warm[] = [];
    const start = (): Warm => {
      const state = { alive: true, clock: steppingClock() };
      const warm: Warm = {
        state,
        current: { container: state, end: () => undefined },
        run: build({
          clock: state.clock,
          call: (effect, refusals) => callFor(warm.current)(effect, refusals),
        }),
      };
      return warm;
    };
    return {
      invoke: (event) =>
        new Promise((settle) => {
          const warm = (chance.happens(0.9) ? free.pop() : undefined) ?? start();
          let ended = false;
          const end = (ending: Ending<T>): void => {
            if (ended) return;
            ended = true;
            if (warm.state.alive) free.push(warm);
            settle(ending);
          };
          warm.current = { container: warm.state, end };
          after(timeoutSeconds * 1000, () => {
            if (ended) return;
            warm.state.alive = false;
            end({ kind: 'died' });
          });
          warm.run(event).then(
            (answer) => end({ kind: 'answered', answer }),
            (error: unknown) => {
              if (!isExpected(error)) surprises.push(`a function failed: ${String((error as Error).stack ?? error)}`);
              end({ kind: 'failed', error });
            },
          );
        }),
    };
  };

  /** Lets the world go on until this instant. */
  const goOn = async (until: number): Promise<void> => {
    await drained();
    for (let at = plan.nextAt(); at !== undefined && at <= until; at = plan.nextAt()) {
      now = Math.max(now, at);
      plan.take()?.work();
      await drained();
    }
    now = Math.max(now, until);
  };

  return {
    chance,
    now: (): number => now,
    trueClock: { now: () => new Date(now) } satisfies Clock,
    after,
    lag,
    inOrder,
    deploy,
    goOn,
    /** Errors of functions that no service and no refusal of a request explains. */
    surprises: (): readonly string[] => surprises,
    weather: (): Weather => current,
    /** From now on the world is so. */
    setWeather: (next: Weather): void => {
      current = next;
    },
  };
};

export type World = ReturnType<typeof simulatedWorld>;
