import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, roleOf, type House, type Role } from './support/house/house.ts';
import { RULES } from './support/house/rules.ts';
import { repository } from './support/tools/paths.ts';

const house: House = new Map(
  globSync(['{shared,functions,infra,local}/**/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: repository })
    .filter((file) => !file.endsWith('.d.ts'))
    .map((file) => [file, readFileSync(join(repository, file), 'utf8')]),
);

describe('the house', () => {
  test('is read whole: imports are found in every part of it, and files of every role', () => {
    for (const part of ['shared', 'functions', 'infra', 'local', 'web']) {
      const found = [...house.keys()].filter((file) => file.startsWith(`${part}/`));
      expect(found.flatMap((file) => importsOf(house, file)).length, part).toBeGreaterThan(20);
    }
    const roles: readonly Role[] = ['entry', 'deps', 'store', 'surface', 'shape', 'port', 'room'];
    for (const role of roles) {
      expect([...house.keys()].filter((file) => roleOf(file) === role).length, role).toBeGreaterThan(3);
    }
  });

  test.each(Object.entries(RULES))('%s', (_title, rule) => {
    expect(rule(house)).toEqual([]);
  });
});

/** Each rule, with files that break it: path, and what stands in it. */
const PLANTED: Readonly<Record<string, readonly (readonly [path: string, text: string])[]>> = {
  'the kernel imports nothing but the schema library, Node and small libraries of its own': [
    ['shared/kernel/planted.ts', `import { table } from '../aws/dynamo.ts';`],
    ['shared/kernel/planted.ts', `export { SQSClient } from '@aws-sdk/client-sqs';`],
  ],
  'the calendar imports nothing but the kernel, the schema library, Temporal and the reader of recurrence rules': [
    ['shared/calendar/planted.ts', `import { problem } from '../http/problem.ts';`],
  ],
  'shared knows no context': [
    ['shared/http/planted.ts', `import type { Alert } from '../../functions/alerts/alert.ts';`],
  ],
  'functions import nothing of those above them: infra, local, operate, test and bench': [
    ['functions/alerts/verbs/planted.ts', `import { STAGES } from '../../../infra/config.ts';`],
    ['functions/alerts/verbs/planted.ts', `const later = () => import('../../../local/tocsin/main.ts');`],
  ],
  'infrastructure imports neither the SDK nor local, operate, test or bench': [
    ['infra/planted.ts', `import { SQSClient } from '@aws-sdk/client-sqs';`],
    ['infra/planted.ts', `import { startRuntime } from '../local/emulator/runtime.ts';`],
  ],
  'a context reaches into another only by its events, its port and its grants': [
    ['functions/paging/pages/planted.ts', `import { ALERTS_MANIFEST } from '../../alerts/manifest.ts';`],
    ['functions/paging/pages/planted.ts', `import type { AlertStore } from '../../alerts/store.ts';`],
    ['functions/paging/pages/planted.ts', `import { open } from '../../alerts/verbs/open-now.ts';`],
  ],
  'ports form no circle: no context asks another that asks it': [
    ['functions/oncall/rota/planted.ts', `import type { Standing } from '../../paging/port.ts';`],
    ['functions/auth/roles/planted.ts', `import { runbookReader } from '../../oncall/port.ts';`],
  ],
  'infrastructure reaches data only: surfaces, shapes and ports': [
    ['infra/contexts/planted.ts', `import { acknowledge } from '../../functions/alerts/verbs/acknowledge.ts';`],
    ['infra/contexts/planted.ts', `import type { Alert } from '../../functions/alerts/alert.ts';`],
    ['infra/contexts/planted.ts', `import { alertStore } from '../../functions/alerts/store.ts';`],
  ],
  'what infrastructure reads at synthesis loads no SDK': [
    ['functions/planted/routes.ts', `import { clients } from '../../shared/aws/clients.ts';`],
    ['functions/planted/room/watch-routes.ts', `import { SQSClient } from '@aws-sdk/client-sqs';`],
    ['functions/planted/table.ts', `import '@aws-sdk/client-dynamodb';`],
    ['functions/planted/grants.ts', `import { clients } from '../../shared/aws/clients.ts';`],
    ['functions/planted/manifest.ts', `import { alertReader } from '../alerts/port.ts';`],
  ],
  'models do no IO: what surfaces, shapes and stores are made of loads no SDK, no entry and no composition': [
    ['functions/planted/room/events.ts', `import { readFileSync } from 'node:fs';`],
    ['functions/planted/room/routes.ts', `import { deps } from '../deps.ts';`],
    ['functions/planted/room/indexes.ts', `import { clients } from '../../../shared/aws/clients.ts';`],
  ],
  'only stores and shared/aws import commands of the SDK, and adapters that each speak to one service': [
    ['functions/alerts/verbs/planted.ts', `import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';`],
    ['functions/alerts/planted.ts', `import * as sdk from '@aws-sdk/client-dynamodb';`],
    ['shared/channels/email.ts', `import { PutItemCommand } from '@aws-sdk/client-dynamodb';`],
    ['shared/channels/email.ts', `export const nothing = 1;`],
  ],
  'every message to a queue goes through one sender, which escapes what SQS refuses': [
    ['functions/paging/pages/planted.ts', `await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));`],
    ['functions/health/store.ts', `import { SendMessageBatchCommand as Send } from '@aws-sdk/client-sqs';`],
    ['shared/aws/planted.ts', `import { SendMessageCommand } from '@aws-sdk/client-sqs';`],
  ],
  'only stores, ports, composition and entries load what reaches DynamoDB': [
    ['functions/alerts/verbs/planted.ts', `import { table } from '../../../shared/aws/dynamo.ts';`],
  ],
  'every file of routes is served: infra/surface.ts loads it': [
    ['functions/planted/routes.ts', `export const routes = {};`],
    ['functions/alerts/silences/planted-routes.ts', `export const plantedRoutes = {};`],
  ],
  'nobody imports an entry': [
    ['functions/alerts/verbs/planted.ts', `import { handler } from '../http.ts';`],
    ['infra/planted.ts', `import { handler } from '../functions/alerts/schedules/tick.ts';`],
  ],
  'verbs and models are given what they need: only entries and ports load the composition': [
    ['functions/alerts/verbs/planted.ts', `import { deps } from '../deps.ts';`],
  ],
  'only the register of the environment reads the environment': [
    ['functions/alerts/verbs/planted.ts', `const stage = process.env['STAGE'];`],
    ['shared/http/planted.ts', `const { STAGE } = process.env;`],
    ['shared/aws/planted.ts', `import { env } from 'node:process';`],
    ['functions/alerts/deps.ts', `const all = process['env'];`],
  ],
  'only the clock of the console reads the time of the device': [
    ['web/src/alerts/planted.ts', `const at = new Date().toISOString();`],
    ['web/src/charts/planted.tsx', `const at = Date.now();`],
  ],
  'dates and numbers of the console are written by one place each': [
    ['web/src/alerts/planted.ts', `const day = new Intl.DateTimeFormat('en');`],
    ['web/src/charts/planted.tsx', `const text = count.toLocaleString();`],
    ['web/src/wall/planted.tsx', `const text = at.toLocaleTimeString();`],
  ],
  'only the clock of the kernel reads the time': [
    ['functions/alerts/verbs/planted.ts', `const at = new Date();`],
    ['functions/alerts/planted.ts', `const at = Date.now();`],
    ['shared/calendar/planted.ts', `const now = [1].map(Date.now);`],
    ['shared/aws/planted.ts', `const at = Date();`],
  ],
  'the emulator runs any application: it imports nothing of ours but itself': [
    ['local/emulator/planted.ts', `import { standIns } from '../tocsin/stand-ins/stand-ins.ts';`],
    ['local/emulator/services/planted.ts', `import type { Clock } from '../../../shared/kernel/clock.ts';`],
  ],
  'the emulator has no word of Tocsin in its code': [
    ['local/emulator/planted.ts', `const topic = 'PagesTopic';`],
    ['local/emulator/planted.ts', `export const slackToken = 1;`],
  ],
  'the console knows the backend by the types of its contract alone': [
    ['web/src/alerts/planted.tsx', `import type { Alert } from '../../../functions/alerts/alert.ts';`],
    ['web/src/planted.ts', `import { allows } from '../../shared/kernel/permission.ts';`],
  ],
  'a button of the console submits a form only where it says so: forms are SubmitForm, and their button is Submit': [
    ['web/src/alerts/planted.tsx', `const Planted = () => <form onSubmit={save}><Button>Add a row</Button></form>;`],
    ['web/src/alerts/planted.tsx', `const Planted = () => <Button formAction="submit">Save</Button>;`],
  ],
  'chance comes from node:crypto': [['functions/paging/planted.ts', `const chance = Math.random;`]],
};

describe('a trespass that somebody plants is found', () => {
  test('for each rule', () => {
    expect(Object.keys(PLANTED).sort()).toEqual(Object.keys(RULES).sort());
  });

  const cases = Object.entries(PLANTED).flatMap(([title, files]) =>
    files.map(([path, text]) => [title, path, text] as const),
  );
  test.each(cases)('%s: %s with %s', (title, path, text) => {
    const rule = RULES[title] ?? expect.fail(title);
    const before = new Set(rule(house));
    expect(rule(new Map([...house, [path, `${text}\n`]])).filter((each) => !before.has(each))).not.toEqual([]);
  });

  test('and what only speaks of one in a comment is none', () => {
    const text = '// new Date() and process.env\n/* Math.random() */\nexport const at = 1;\n';
    const quiet = new Map([...house, ['functions/alerts/verbs/quiet.ts', text]]);
    expect(Object.values(RULES).flatMap((rule) => rule(quiet))).toEqual([]);
  });
});
