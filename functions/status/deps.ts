import { dynamoClient, mailClient, s3Client, sqsClient } from '../../shared/aws/clients.ts';
import { table, type Table } from '../../shared/aws/dynamo.ts';
import { idempotencyStore } from '../../shared/aws/idempotency-store.ts';
import type { Queue } from '../../shared/aws/send-message.ts';
import { emailChannel } from '../../shared/channels/email.ts';
import { stageSecret, targetRanges } from '../../shared/channels/stage-channels.ts';
import { webhookChannel } from '../../shared/channels/webhook.ts';
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
import { jobsOf } from './subscribers/job.ts';
import * as subscribers from './subscribers/store.ts';
import { STATUS_TABLE_SHAPE } from './table.ts';

const clock = systemClock;

const api = /* @__PURE__ */ openerFor(STATUS_MANIFEST.status);
const renderer = /* @__PURE__ */ openerFor(STATUS_MANIFEST['status-render'], STATUS_MANIFEST['status-refresh']);

const statusTable = /* @__PURE__ */ lazy(() => table(dynamoClient(), readEnv(['STATUS_TABLE']).STATUS_TABLE));

/** The stores of all rooms, bound to the one table. */
export const statusStores = (status: Table) => ({
  pages: bound(pages, status),
  notices: bound(notices, status),
  subscribers: bound(subscribers, status),
});

/** The queue of work for subscribers. */
export const jobsQueue = (): Queue => ({
  sqs: sqsClient(),
  queueUrl: readEnv(['STATUS_JOBS_QUEUE']).STATUS_JOBS_QUEUE,
});

const jobs = () => jobsOf(jobsQueue());

/** What the routes need. */
export const deps = /* @__PURE__ */ lazy(() => ({
  clock,
  ...statusStores(statusTable()),
  incidentIsVisible: api(incidentIsVisible),
  jobs: jobs(),
  secret: stageSecret(),
  allowed: targetRanges(),
}));

/** Where requests that have an `Idempotency-Key` are recorded. */
export const requestKeys = /* @__PURE__ */ lazy(() => ({
  clock,
  store: idempotencyStore(statusTable(), STATUS_TABLE_SHAPE),
}));

/** What the schedule needs that renders pages. */
export const renderDeps = /* @__PURE__ */ lazy(() => ({
  clock,
  ...statusStores(statusTable()),
  uptime: renderer(uptimeReader),
  files: bound(files, { s3: s3Client(), bucket: readEnv(['STATUS_BUCKET']).STATUS_BUCKET }),
  publicUrl: readEnv(['PUBLIC_URL']).PUBLIC_URL,
  takesSubscribers: readEnv(['MAIL_FROM']).MAIL_FROM !== 'none',
}));

/** What the reactor needs that writes to subscribers. */
export const deliverDeps = /* @__PURE__ */ lazy(() => {
  const { MAIL_FROM: from, MAIL_SET: set } = readEnv(['MAIL_FROM', 'MAIL_SET']);
  const [secret, allowed] = [stageSecret(), targetRanges()];
  return {
    clock,
    ...statusStores(statusTable()),
    jobs: jobs(),
    email:
      from === 'none'
        ? undefined
        : emailChannel({ ses: mailClient(), from, configurationSet: set === 'none' ? undefined : set }),
    webhook: webhookChannel({ clock, secret, allowed }),
    secret,
    publicUrl: readEnv(['PUBLIC_URL']).PUBLIC_URL,
  };
});

/** What the reactor needs that renders a page when it changed. */
export const reactorDeps = /* @__PURE__ */ lazy(() => ({
  ...renderDeps(),
  jobs: jobs(),
  sqs: sqsClient(),
  poisonQueueUrl: readEnv(['POISON_QUEUE']).POISON_QUEUE,
}));
