import { gunzipSync, gzipSync } from 'node:zlib';
import type { KeyFacts } from '../machine-keys/machine-key.ts';
import type { RoleGrant } from '../roles/grants.ts';
import type { PublicJwk } from '../tokens/signing-key.ts';

/*
 * The standby register: who may call, as it was when the auth table could last be read. It is an object of S3, so that
 * a function that starts while DynamoDB refuses still knows the valid tokens and machine keys, however many start at once. Nobody can log in by its content:
 * public keys, roles, and SHA-256 of the secrets of machine keys.
 * Docs: docs/adr/0070-known-callers-are-believed-in-an-outage.md
 */

export interface Register {
  /** When it was last known to be right, RFC 3339 UTC; empty in one that was never filled. */
  readonly keptAt: string;
  readonly keys: readonly PublicJwk[];
  readonly roles: readonly (readonly [name: string, RoleGrant])[];
  readonly machines: Readonly<Record<string, KeyFacts>>;
}

export const EMPTY_REGISTER: Register = { keptAt: '', keys: [], roles: [], machines: {} };

const SCHEMA = 'tocsin.standby/1';
/** Of some 12,000 machine keys. The authorizer reads and parses it while a caller waits. */
const MAX_CHARS = 2_000_000;

/** The register in the text of its object; an empty one where the text is another. */
export const registerIn = (text: string | undefined): Register => {
  try {
    const { schema, gzip } = JSON.parse(text ?? '') as { schema?: string; gzip?: string };
    if (schema !== SCHEMA || !gzip) return EMPTY_REGISTER;
    return JSON.parse(gunzipSync(Buffer.from(gzip, 'base64')).toString()) as Register;
  } catch {
    return EMPTY_REGISTER;
  }
};

/** The register as the text of its object. Machine keys that do not fit are left out, the longest unused first. */
export const registerText = (register: Register, maxChars = MAX_CHARS): string => {
  let machines = Object.values(register.machines).sort((a, b) =>
    (b.lastUsedAt ?? '').localeCompare(a.lastUsedAt ?? ''),
  );
  for (;;) {
    const kept = { ...register, machines: Object.fromEntries(machines.map((machine) => [machine.id, machine])) };
    const text = JSON.stringify({ schema: SCHEMA, gzip: gzipSync(JSON.stringify(kept)).toString('base64') });
    if (text.length <= maxChars || machines.length === 0) return text;
    machines = machines.slice(0, Math.floor(machines.length * 0.9));
  }
};

/** The register after a machine key was written; undefined for a key that is gone. One that opens nothing is left out. */
export const withMachine = (register: Register, id: string, facts: Partial<KeyFacts> | undefined): Register => {
  const { [id]: _, ...others } = register.machines;
  if (facts?.status !== 'active' || !facts.hash || !facts.permissions) return { ...register, machines: others };
  const { name = '', hash, permissions, tier = '', status, expiresAt = null, lastUsedAt } = facts;
  const { networks, usageTier, wantedTier, meteredIn, meteredSince } = facts;
  const kept = {
    id,
    name,
    hash,
    permissions,
    tier,
    status,
    expiresAt,
    lastUsedAt,
    ...(networks && { networks }),
    usageTier,
    wantedTier,
    meteredIn,
    meteredSince,
  };
  return { ...register, machines: { ...others, [id]: kept } };
};

/** True for two registers that admit the same callers, whenever they were stored and their keys were used. */
export const letTheSameIn = (one: Register, other: Register): boolean => {
  const facts = ({ keys, roles, machines }: Register): string =>
    JSON.stringify([
      keys.map(({ kid }) => kid).sort(),
      sorted(Object.fromEntries(roles)),
      sorted(machines).map(([id, { lastUsedAt: _, ...machine }]) => [id, sorted(machine)]),
    ]);
  return facts(one) === facts(other);
};

const sorted = <T>(record: { readonly [key: string]: T }): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
