import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesise } from '../local/emulator/synthesise.ts';
import type { Inventory } from '../shared/cost/inventory.ts';
import { takeTemporaryRoot } from '../test/support/tools/temporary-root.ts';
import { alertRows, DAYS_IN_MONTH, idleRows, monitorRows, sumOf, type Row } from '../shared/cost/rows.ts';

takeTemporaryRoot();

/** `npm run cost -- dev` is about another stage, `npm run cost -- prod cdk.out` about templates that are there already. */
const [STAGE = 'prod', ASSEMBLY] = process.argv.slice(2);

/** What the deployment tells its function about itself, in the templates of a cloud assembly. */
const inventoryIn = (assembly: string): Inventory => {
  const texts = globSync(`Tocsin-${STAGE}-*.template.json`, { cwd: assembly }).flatMap((file) => {
    const { Resources } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as {
      Resources: Record<string, { Properties?: { Environment?: { Variables?: Record<string, unknown> } } }>;
    };
    return Object.values(Resources).map(({ Properties }) => Properties?.Environment?.Variables?.['COST_INVENTORY']);
  });
  const text = texts.find((each) => typeof each === 'string');
  if (text === undefined) throw new Error(`No function of stage ${STAGE} has an inventory (COST_INVENTORY)`);
  return JSON.parse(text) as Inventory;
};

const synthesised = async (): Promise<Inventory> => {
  const directory = mkdtempSync(join(tmpdir(), 'tocsin-cost-'));
  try {
    const outdir = join(directory, 'cdk.out');
    await synthesise({ root: resolve(import.meta.dirname, '..'), stage: STAGE, outdir, isForDeployment: true });
    return inventoryIn(outdir);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const print = (title: string, rows: readonly Row[]): void => {
  console.log(`\n${title}`);
  for (const { what, how, dollars } of [...rows, { what: 'total', how: '', dollars: sumOf(rows) }]) {
    console.log(`  ${what.padEnd(44)} ${how.padEnd(56)} ${dollars.toFixed(2).padStart(8)}`);
  }
};

const inventory = ASSEMBLY ? inventoryIn(ASSEMBLY) : await synthesised();
console.log(`Tocsin ${STAGE}, us-east-1, US dollars, without free tiers, tax, storage and data transfer`);
print('An idle month', idleRows(inventory, DAYS_IN_MONTH));
// Keys of AWS cost nothing, and their data keys are not charged.
const otherKey = inventory.keys > 0 ? { keys: 0, how: 'without' } : { keys: 1, how: 'with' };
const otherwise = sumOf(idleRows({ ...inventory, keys: otherKey.keys }, DAYS_IN_MONTH));
console.log(`  ${`${otherKey.how} a customer-managed key`.padEnd(101)} ${otherwise.toFixed(2).padStart(8)}`);
if (inventory.webAcls === undefined) {
  const guarded = sumOf(idleRows({ ...inventory, webAcls: 1 }, DAYS_IN_MONTH));
  console.log(`  ${'with -c waf=true, and 0.60 for a million requests'.padEnd(101)} ${guarded.toFixed(2).padStart(8)}`);
}
print('A thousand monitors, each checked every minute, for a month', monitorRows(inventory, 1_000, DAYS_IN_MONTH));
const MILLION = 'A million alerts, each raised and resolved by one event, with nobody to page';
print(MILLION, alertRows(inventory, 1e6));
const [how, hasIngestApi] = inventory.hasIngestApi ? ['sent to the REST API', false] : ['with -c ingestApi=true', true];
console.log(
  `  ${how.padEnd(101)} ${sumOf(alertRows({ ...inventory, hasIngestApi }, 1e6))
    .toFixed(2)
    .padStart(8)}`,
);
