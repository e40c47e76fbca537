import * as z from 'zod/mini';
import { conflict } from '../../../shared/kernel/errors.ts';

/** The most factors of a person. */
const MOST_FACTORS = 10;

export const FactorName = z.string().check(z.trim(), z.minLength(1), z.maxLength(64));
/** A code of an authenticator app, or a recovery code. */
export const TypedCode = z.string().check(z.trim(), z.minLength(6), z.maxLength(64));

/** A second factor as its owner sees it. */
export const Factor = z
  .object({
    id: z.string(),
    kind: z.enum(['totp', 'passkey']),
    name: z.string(),
    createdAt: z.iso.datetime(),
    confirmed: z.boolean(),
    lastUsedAt: z.nullable(z.iso.datetime()),
    /** Of a passkey: whether it is copied to where a lost device does not take it along. */
    backedUp: z.optional(z.boolean()),
  })
  .register(z.globalRegistry, { id: 'SecondFactor' });
export type Factor = z.infer<typeof Factor>;

/** The second factors of a person, and how many recovery codes are left. */
export const Factors = z
  .object({ items: z.array(Factor), recoveryCodesLeft: z.int() })
  .register(z.globalRegistry, { id: 'SecondFactors' });
export type Factors = z.infer<typeof Factors>;

/** A factor that is not confirmed yet, with the secret that an authenticator app must learn. */
export const EnrolledFactor = z
  .extend(Factor, { secret: z.string(), uri: z.string() })
  .register(z.globalRegistry, { id: 'EnrolledFactor' });
export type EnrolledFactor = z.infer<typeof EnrolledFactor>;

export const RecoveryCodes = z
  .object({ recoveryCodes: z.readonly(z.array(z.string())) })
  .register(z.globalRegistry, { id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

interface AnyFactor {
  readonly name: string;
  readonly createdAt: string;
  /** Absent until a first code proved that the app knows the secret. A passkey is confirmed as it is added. */
  readonly confirmedAt?: string;
  readonly lastUsedAt?: string;
}

/** An authenticator app as the item of its user stores it. */
export interface StoredTotp extends AnyFactor {
  readonly kind: 'totp';
  /** Sealed by a data key, for this user and factor. */
  readonly secret: string;
  /** The step of the code that was used last. A code of it or of an earlier step is refused. */
  readonly lastStep?: number;
}

/** A passkey as the item of its user stores it. It has no secret: the private key never leaves its authenticator. */
export interface StoredPasskey extends AnyFactor {
  readonly kind: 'passkey';
  readonly credentialId: string;
  /** COSE, as base64url. */
  readonly publicKey: string;
  /** The signatures that its authenticator has made; 0 for ever where it does not count. */
  readonly counter: number;
  /** How browsers reach the authenticator, in the words of WebAuthn. */
  readonly transports: readonly string[];
  /** It may be copied to further devices of its owner. */
  readonly isSynced: boolean;
  readonly isBackedUp: boolean;
}

export type StoredFactor = StoredTotp | StoredPasskey;

/** What a user's item has for second factors. Both are absent for a user who never had one. */
export interface HasFactors {
  readonly factors?: Readonly<Record<string, StoredFactor>>;
  /** The hashes of the recovery codes that are left. */
  readonly recoveryCodes?: Readonly<Record<string, true>>;
}

/** The factors that count at a login. */
export const confirmedFactors = ({ factors = {} }: HasFactors): readonly (readonly [string, StoredFactor])[] =>
  Object.entries(factors).filter(([, factor]) => factor.confirmedAt !== undefined);

/** The factors without one of them. */
export const others = (factors: HasFactors['factors'] = {}, id: string): NonNullable<HasFactors['factors']> =>
  Object.fromEntries(Object.entries(factors).filter(([other]) => other !== id));

/** The passkeys of a person. */
export const passkeysOf = (user: HasFactors): readonly (readonly [string, StoredPasskey])[] =>
  confirmedFactors(user).flatMap(([id, factor]) => (factor.kind === 'passkey' ? [[id, factor] as const] : []));

export const hasSecondFactor = (user: HasFactors): boolean => confirmedFactors(user).length > 0;

/** Throws `factor.too_many`. */
export const assertRoomForFactor = (user: HasFactors): void => {
  if (confirmedFactors(user).length < MOST_FACTORS) return;
  throw conflict('factor.too_many', `You have ${MOST_FACTORS} second factors. Remove one first.`);
};

export const factorView = (id: string, factor: StoredFactor): Factor => ({
  id,
  kind: factor.kind,
  name: factor.name,
  createdAt: factor.createdAt,
  confirmed: factor.confirmedAt !== undefined,
  lastUsedAt: factor.lastUsedAt ?? null,
  ...(factor.kind === 'passkey' && { backedUp: factor.isBackedUp }),
});

/** Whose secret it is, for the seal. */
export const ownerOf = (userId: string, factorId: string): string => `${userId}/${factorId}`;
