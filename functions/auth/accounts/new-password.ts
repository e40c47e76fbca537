import { unprocessable } from '../../../shared/kernel/errors.ts';
import { newSecret } from '../../../shared/kernel/ids.ts';
import { passwordRefusal, REFUSAL_TEXT } from './password.ts';

/** Refuses a weak password and says why. `field` is its place in the body. */
export const assertGoodPassword = (password: string, names: readonly string[], field: string): void => {
  const refusal = passwordRefusal(password, names);
  if (refusal) {
    throw unprocessable(`password.${refusal}`, REFUSAL_TEXT[refusal], {
      errors: [{ pointer: `/${field}`, detail: REFUSAL_TEXT[refusal] }],
    });
  }
};

/** A password for another user, shown once and good until the first login: 144 bits. */
export const generatedPassword = (): string => newSecret(18);
