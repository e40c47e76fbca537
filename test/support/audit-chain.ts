import type { AuditEntry } from '../../functions/audit/entry.ts';
import { entries } from '../../functions/audit/store.ts';
import { addCheckpoints, type AddCheckpointsDeps } from '../../functions/audit/chain/add-checkpoints.ts';
import type { ChainEnd } from '../../functions/audit/chain/checkpoint.ts';
import { exportTrail } from '../../functions/audit/chain/export-trail.ts';
import { localSigner, publicKeyIn, trusting } from '../../functions/audit/chain/signature.ts';
import {
  addCheckpoint,
  checkpointBefore,
  checkpointsBetween,
  contentOf,
  pageOf,
} from '../../functions/audit/chain/store.ts';
import { verifyTrail, type Verification } from '../../functions/audit/chain/verify-trail.ts';
import { add } from '../../functions/audit/store.ts';
import { AUDIT_TABLE_SHAPE } from '../../functions/audit/table.ts';
import { table as tableOf } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { newKeyPair, privateKeyIn } from '../../shared/kernel/key-pair.ts';
import { memoryTable } from './memory-table.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const MIDNIGHT = Date.parse('2026-03-10T00:00:00.000Z');

/** An entry of the trail, at milliseconds after midnight. */
export const entryAt = (afterMs: number, id: string, over: Partial<AuditEntry> = {}): AuditEntry => ({
  id: `evt_${id}`,
  at: new Date(MIDNIGHT + afterMs).toISOString(),
  action: 'user.changed',
  actor: { kind: 'user', id: 'usr_anna', name: 'anna' },
  subject: { kind: 'user', id: 'usr_ben', name: 'Bén "B" 🔔' },
  outcome: 'success',
  ip: '192.0.2.7',
  userAgent: 'curl/8',
  requestId: `r-${id}`,
  detail: { roles: 'developer' },
  ...over,
});

/** A trail in memory with its clock, its key and the end of its chain. */
export const auditTrail = ({ retentionDays = 30 } = {}) => {
  const { client, tableName } = memoryTable(AUDIT_TABLE_SHAPE);
  const table = { ...tableOf(client, tableName), retentionDays };
  const pair = newKeyPair();
  const publicKey = publicKeyIn(pair.publicKey);
  let now = new Date(MIDNIGHT);
  let end: ChainEnd | undefined;
  const clock = { now: () => now };
  const deps: Omit<AddCheckpointsDeps, 'remainingMs'> = {
    clock,
    retentionDays,
    store: bound({ addCheckpoint, checkpointBefore, contentOf }, table),
    end: { read: async () => end, write: async (next) => void (end = next) },
    signer: async () => localSigner(privateKeyIn(pair.privateKey)),
    keys: async () => trusting([publicKey]),
  };
  const reader = { ...deps, store: bound({ checkpointBefore, checkpointsBetween, contentOf, pageOf }, table) };
  return {
    table,
    publicKey,
    deps,
    at: (afterMs: number) => void (now = new Date(MIDNIGHT + afterMs)),
    end: () => end,
    forgetEnd: () => void (end = undefined),
    add: (entry: AuditEntry) => add(table, entry, now),
    close: (remainingMs = 600_000) => addCheckpoints({ ...deps, remainingMs: () => remainingMs }),
    list: async () => (await entries(table, {}, { limit: 100 }, now)).items,
    /** All answers for a range, one after the other. */
    verify: async (query: { readonly from?: string; readonly to?: string } = {}): Promise<readonly Verification[]> => {
      const answers: Verification[] = [];
      let cursor: string | undefined;
      do {
        const answer: Verification = await verifyTrail(reader, { ...query, cursor });
        answers.push(answer);
        cursor = answer.next ?? undefined;
      } while (cursor);
      return answers;
    },
    exported: async (
      query: { readonly from?: string; readonly to?: string; readonly format?: 'jsonl' | 'ocsf' } = {},
    ): Promise<readonly string[]> => {
      const lines: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await exportTrail(reader, { ...query, cursor });
        lines.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor);
      return lines;
    },
  };
};

export type AuditTrail = ReturnType<typeof auditTrail>;
