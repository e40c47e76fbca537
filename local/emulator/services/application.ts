import type { Assembly, LocalClock } from '../types.ts';
import type { Faults } from './core/faults.ts';
import type { JsonApi, RestApi } from './dispatch.ts';
import type { LocalRoutes } from './local-routes.ts';
import type { Outbox } from './sns/outbox.ts';

/** What an application brings along that is none of AWS, such as stand-ins of its providers. */
export interface Application {
  /** Logical id of a topic whose messages are in the outbox too. */
  readonly shownTopic?: string;
  /** Called once, before the services listen. */
  add(surroundings: Surroundings): Promise<Additions>;
}

/** What the emulator has to offer to an application. */
export interface Surroundings {
  readonly assembly: Assembly;
  readonly clock: LocalClock;
  readonly faults: Faults;
  readonly outbox: Outbox;
  readonly parameters: JsonApi;
  /** Publishes to a topic by its ARN. */
  readonly publish: (topicArn: string, text: string) => void;
  /** Address of the gateway, once it listens. */
  readonly publicUrl: () => string;
}

export interface Additions {
  /** Services on the port of those of AWS, by name; functions are not held to a role there, and faults can be ordered. */
  readonly services: Readonly<Record<string, RestApi>>;
  /** Variables of every function, by the address at which the services listen. */
  readonly variables: (servicesUrl: string) => Readonly<Record<string, string>>;
  /** Paths below `/_local/` that the emulator does not have itself. */
  readonly routes: LocalRoutes;
}

/** An application that brings nothing along. */
export const NO_APPLICATION: Application = {
  add: () => Promise.resolve({ services: {}, variables: () => ({}), routes: () => Promise.resolve(undefined) }),
};
