import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCheckpoints } from '../../../functions/audit/chain/add-checkpoints.ts';
import { checkpointCopies } from '../../../functions/audit/chain/copies-store.ts';
import { CHECKPOINTS } from '../../../functions/audit/table.ts';
import { auditTrail, entryAt, HOUR } from '../../support/audit-chain.ts';
import { testCredentials } from '../../support/dynamo.ts';
import { startObjects, type TestObjects } from '../../support/objects.ts';

let objects: TestObjects;
beforeAll(async () => void (objects = await startObjects('copies')));
afterAll(() => objects.stop());

it('a run that ended between the copy of a checkpoint and the table is continued by the copy', async () => {
  const s3 = new S3Client({
    endpoint: objects.endpoint,
    region: 'eu-central-1',
    credentials: testCredentials,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  const copies = checkpointCopies({ s3, bucket: 'copies' });
  const trail = auditTrail({ retentionDays: 1 });
  await trail.add(entryAt(5, 'first'));
  trail.at(3 * HOUR);
  const close = (addCheckpoint = trail.deps.store.addCheckpoint) =>
    addCheckpoints({
      ...trail.deps,
      copies,
      store: { ...trail.deps.store, addCheckpoint },
      remainingMs: () => 600_000,
    });
  const copied: string[] = [];
  const dies = close(async (checkpoint) => {
    copied.push(checkpoint.signature);
    throw new Error('the function ended');
  });
  await expect(dies).rejects.toThrow('the function ended');
  expect(await close()).toBe(2);
  const [first] = await trail.verify();
  expect(first).toMatchObject({ whole: true, entries: 1 });
  const added = await trail.table.every<{ signature: string }>({
    where: '#month = :month',
    values: { month: CHECKPOINTS },
  });
  expect(added.map(({ signature }) => signature)).toContain(copied[0]);
  objects.refuse(true);
  trail.at(5 * HOUR);
  // Without a copy there is no checkpoint: the next run closes the hour.
  await expect(close()).rejects.toThrow();
  objects.refuse(false);
  expect(await close()).toBe(1);
});
