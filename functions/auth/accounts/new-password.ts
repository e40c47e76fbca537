import { unprocessable } from '../../../shared/kernel/errors.ts';
import { newSecret } from '../../../shared/kernel/ids.ts';
import { passwordRefusal, refusalText, type PasswordUse } from './password.ts';

/** Refuses a weak password and says why. `field` is its place in the body. */
export const assertGoodPassword = (
  password: string,
  names: readonly string[],
  field: string,
  use: PasswordUse = 'alone',
): void => {
  const refusal = passwordRefusal(password, names, use);
  if (!refusal) return;
  const detail = refusalText(refusal, use);
  throw unprocessable(`password.${refusal}`, detail, { errors: [{ pointer: `/${field}`, detail }] });
};

/** A password for another user, shown once and good until the first login: 144 bits. */
export const generatedPassword = (): string => newSecret(18);
