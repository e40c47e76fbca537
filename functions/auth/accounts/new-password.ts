import { unprocessable } from '../../../shared/kernel/errors.ts';
import { newSecret } from '../../../shared/kernel/ids.ts';
import { passwordRefusal, REFUSAL_TEXT } from './password.ts';

/** Refuses a password that people should not have, saying why; `field` is where it stood in the body. */
export const mustBeGood = (password: string, names: readonly string[], field: string): void => {
  const refusal = passwordRefusal(password, names);
  if (refusal) {
    throw unprocessable(`password.${refusal}`, REFUSAL_TEXT[refusal], {
      errors: [{ pointer: `/${field}`, detail: REFUSAL_TEXT[refusal] }],
    });
  }
};

/** A password for somebody else, told once and good until the first login: 144 bits. */
export const generatedPassword = (): string => newSecret(18);
