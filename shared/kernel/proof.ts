import type { Caller } from './caller.ts';
import { forbidden } from './errors.ts';

/** How long a proof of who is at the keyboard counts. */
const PROOF_MS = 15 * 60_000;

/** Throws `auth.proof_required` where a person has not proved of late who they are. */
export const assertProof = ({ provedAt, hasSecondFactor }: Caller, now: Date): void => {
  const age = now.getTime() - Date.parse(provedAt ?? '');
  if (age <= PROOF_MS) return;
  throw forbidden(
    'auth.proof_required',
    'Prove again who you are: POST /api/auth/proof with a code or a passkey, or with your password where you have no second factor. Then repeat this request with the new access token.',
    { extensions: { proof: hasSecondFactor ? 'code' : 'password' } },
  );
};

/** The same for acts that need a proof of people who have a second factor only. Machines prove nothing more than they are. */
export const assertTwoFactorProof = (caller: Caller, now: Date): void => {
  if (caller.kind === 'user' && caller.hasSecondFactor) assertProof(caller, now);
};
