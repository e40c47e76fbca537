import type { components } from '../../generated/api.ts';

/*
 * What a browser does with passkeys. The library is a part of its own, which is loaded when somebody uses one.
 */

type Schemas = components['schemas'];

/** Passkeys belong to one address, and the console is open at another one: `localhost` rather than 127.0.0.1, for example. */
export class PasskeysElsewhere extends Error {
  override readonly name = 'PasskeysElsewhere';
  /** This page at the address where passkeys work. */
  readonly url: string;

  constructor(origin: string) {
    super(`Passkeys work at ${origin} only.`);
    this.url = origin + window.location.pathname + window.location.search;
  }
}

const assertHere = (origin: string): void => {
  if (window.location.origin !== origin) throw new PasskeysElsewhere(origin);
};

/** The reasons of a browser for a person. It says the same for somebody who cancels and for a device without the passkey. */
const explained = (error: unknown): Error => {
  const name = error instanceof Error ? error.name : '';
  if (name === 'InvalidStateError') return new Error('This device has a passkey for you already.');
  if (name === 'NotAllowedError' || name === 'AbortError') return new Error('No passkey was used. Try again.');
  return new Error('This browser cannot use a passkey here.', { cause: error });
};

/** Has the browser make a passkey. */
export const makePasskey = async ({
  origin,
  options,
}: Schemas['PasskeyOptions']): Promise<Schemas['NewPasskeyAnswer']> => {
  assertHere(origin);
  const { startRegistration } = await import('@simplewebauthn/browser');
  const answer = await startRegistration({ optionsJSON: options as never }).catch((error: unknown) => {
    throw explained(error);
  });
  return answer as Schemas['NewPasskeyAnswer'];
};

/** Has the browser use a passkey. */
export const askPasskey = async ({ origin, options }: Schemas['PasskeyOptions']): Promise<Schemas['PasskeyAnswer']> => {
  assertHere(origin);
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const answer = await startAuthentication({ optionsJSON: options as never }).catch((error: unknown) => {
    throw explained(error);
  });
  return answer as Schemas['PasskeyAnswer'];
};
