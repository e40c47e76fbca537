import { Secret, TOTP } from 'otpauth';

/*
 * One-time passwords by time, RFC 6238, with what all authenticator apps know: SHA-1, six digits, thirty seconds. A code of the step
 * before and after counts too, since clocks of phones differ (section 5.2).
 */

const STEP_SECONDS = 30;
const STEPS_AROUND = 1;
/** RFC 4226 section 4, R6: 160 bits. */
const SECRET_BYTES = 20;
const ISSUER = 'Tocsin';

export const CODE = /^\d{6}$/;

/** A new secret in base32, as authenticator apps take it. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

const totpOf = (secret: string, label: string): TOTP =>
  new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), period: STEP_SECONDS });

/** The address that a QR code shows to an authenticator app. */
export const totpUri = (secret: string, username: string): string => totpOf(secret, username).toString();

/** The step whose code this is, around the present; undefined for a wrong code. A step counts once: see `lastStep` of a factor. */
export const stepOfCode = (secret: string, code: string, at: Date): number | undefined => {
  const off = totpOf(secret, '').validate({ token: code, timestamp: at.getTime(), window: STEPS_AROUND });
  return off === null ? undefined : Math.floor(at.getTime() / 1000 / STEP_SECONDS) + off;
};
