import { dynamoClient, s3Client, sqsClient } from '../../shared/aws/clients.ts';
import { table, type Table } from '../../shared/aws/dynamo.ts';
import { bound } from '../../shared/kernel/bound.ts';
import { openerFor } from '../../shared/kernel/capability.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { readEnv } from '../../shared/kernel/env.ts';
import { lazy } from '../../shared/kernel/lazy.ts';
import { uptimeReader } from '../health/port.ts';
import { incidentIsVisible } from '../incidents/port.ts';
import { STATUS_MANIFEST } from './manifest.ts';
import * as notices from './notices/store.ts';
import * as pages from './pages/store.ts';
import * as files from './rendering/file-store.ts';

const clock = systemClock;

const api = /* @__PURE__ */ openerFor(STATUS_MANIFEST.status);
const renderer = /* @__PURE__ */ openerFor(STATUS_MANIFEST['status-render'], STATUS_MANIFEST['status-refresh']);

const statusTable = /* @__PURE__ */ lazy(() => table(dynamoClient(), readEnv(['STATUS_TABLE']).STATUS_TABLE));

/** The stores of all rooms, bound to the one table. */
export const statusStores = (status: Table) => ({ pages: bound(pages, status), notices: bound(notices, status) });

/** What the routes need. */
export const deps = /* @__PURE__ */ lazy(() => ({
  clock,
  ...statusStores(statusTable()),
  incidentIsVisible: api(incidentIsVisible),
}));

/** What the schedule needs that renders pages. */
export const renderDeps = /* @__PURE__ */ lazy(() => ({
  clock,
  ...statusStores(statusTable()),
  uptime: renderer(uptimeReader),
  files: bound(files, { s3: s3Client(), bucket: readEnv(['STATUS_BUCKET']).STATUS_BUCKET }),
  publicUrl: readEnv(['PUBLIC_URL']).PUBLIC_URL,
}));

/** What the reactor needs that renders a page when it changed. */
export const reactorDeps = /* @__PURE__ */ lazy(() => ({
  ...renderDeps(),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
