import * as z from 'zod/mini';
import type { StoredPasskey } from './factor.ts';

const base64url = (most: number) => z.string().check(z.maxLength(most), z.regex(/^[\w-]*$/));
const CredentialId = base64url(1_364).check(z.minLength(1));
const ClientData = base64url(4_096);
const Transports = z.array(z.string().check(z.maxLength(32))).check(z.maxLength(8));

/** What a browser answers where a passkey is made: `RegistrationResponseJSON` of WebAuthn Level 3 section 5.1. Further members are ignored. */
export const NewPasskeyAnswer = z
  .object({
    id: CredentialId,
    rawId: CredentialId,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: ClientData,
      attestationObject: base64url(8_192),
      transports: z.optional(Transports),
    }),
  })
  .register(z.globalRegistry, { id: 'NewPasskeyAnswer' });
export type NewPasskeyAnswer = z.infer<typeof NewPasskeyAnswer>;

/** What a browser answers where a passkey is used: `AuthenticationResponseJSON`. */
export const PasskeyAnswer = z
  .object({
    id: CredentialId,
    rawId: CredentialId,
    type: z.literal('public-key'),
    response: z.object({
      clientDataJSON: ClientData,
      authenticatorData: base64url(4_096),
      signature: base64url(8_192),
      userHandle: z.optional(z.nullable(base64url(128))),
    }),
  })
  .register(z.globalRegistry, { id: 'PasskeyAnswer' });
export type PasskeyAnswer = z.infer<typeof PasskeyAnswer>;

/** What a browser needs to ask an authenticator, and at which origin it can. */
export const PasskeyOptions = z
  .object({ origin: z.string(), options: z.record(z.string(), z.unknown()) })
  .register(z.globalRegistry, { id: 'PasskeyOptions' });
export type PasskeyOptions = z.infer<typeof PasskeyOptions>;

/** The ways in which a person may prove who they are. */
export const ProofOptions = z
  .object({
    methods: z.array(z.enum(['password', 'totp', 'passkey', 'recovery_code'])),
    /** Absent where the person has no passkey. */
    passkey: z.optional(PasskeyOptions),
  })
  .register(z.globalRegistry, { id: 'ProofOptions' });
export type ProofOptions = z.infer<typeof ProofOptions>;

/** How a passkey was used, in the words of RFC 8176: one that is copied to further devices is kept by software. */
export const keyMethod = ({ isSynced }: Pick<StoredPasskey, 'isSynced'>): 'hwk' | 'swk' => (isSynced ? 'swk' : 'hwk');

/** The person whom the answer of a discoverable passkey names. Proves nothing. */
export const userIdIn = ({ response }: PasskeyAnswer): string | undefined =>
  response.userHandle ? Buffer.from(response.userHandle, 'base64url').toString() : undefined;
