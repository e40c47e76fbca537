import type { Job, Jobs } from './job.ts';
import type { SubscriberStore } from './store.ts';

const A_READ = 100;

/** Gives every confirmed subscriber a job of its own, page after page, so that one that fails keeps no other from the update. */
export const announce = async (
  { subscribers, jobs }: { readonly subscribers: Pick<SubscriberStore, 'list'>; readonly jobs: Jobs },
  { page, notice, number, cursor }: Extract<Job, { kind: 'announce' }>,
): Promise<void> => {
  const { items, next } = await subscribers.list(page, { limit: A_READ, cursor });
  const confirmed = items.filter(({ state }) => state === 'confirmed');
  await jobs.sendAll(confirmed.map(({ id: subscriber }) => ({ kind: 'deliver', page, notice, number, subscriber })));
  if (next !== null) await jobs.send({ kind: 'announce', page, notice, number, cursor: next });
};

/** Forgets the subscribers of a page that was deleted, page after page. */
export const forget = async (
  {
    subscribers,
    jobs,
  }: { readonly subscribers: Pick<SubscriberStore, 'list' | 'remove'>; readonly jobs: Pick<Jobs, 'send'> },
  job: Extract<Job, { kind: 'forget' }>,
): Promise<void> => {
  const { items, next } = await subscribers.list(job.page, { limit: A_READ });
  for (const subscriber of items) await subscribers.remove(subscriber);
  if (next !== null) await jobs.send(job);
};
