import type { Channel } from '../../shared/channels/channel.ts';
import { isUnanswered } from '../../shared/channels/no-answer.ts';
import type { StoredContact } from '../../shared/contacts/contact.ts';
import type { TickDeps } from '../../functions/paging/escalations/tick.ts';
import type { Breakage } from './paging.ts';

/** Changes every channel of a build. */
const withEach =
  (change: (channel: Channel) => Channel) =>
  (deps: TickDeps): TickDeps => ({
    ...deps,
    channels: Object.fromEntries(Object.entries(deps.channels).map(([name, channel]) => [name, change(channel)])),
  });

const withStore =
  (change: (store: TickDeps['escalations']) => Partial<TickDeps['escalations']>) =>
  (deps: TickDeps): TickDeps => ({ ...deps, escalations: { ...deps.escalations, ...change(deps.escalations) } });

/** A channel that forgets how long its provider asks to be left alone. */
const deaf = (channel: Channel): Channel => ({
  ...channel,
  send: async (message, options) => {
    try {
      return await channel.send(message, options);
    } catch (error) {
      throw Object.assign(error as Error, { retryAfterMs: 0 });
    }
  },
});

const noNote = (): Promise<void> => Promise.resolve();

/** Remembers the first answer to each question for good. */
const asFirst = <A extends unknown[], T>(ask: (...of: A) => Promise<T>): ((...of: A) => Promise<T>) => {
  const known = new Map<string, Promise<T>>();
  return (...of) => {
    const name = JSON.stringify(of);
    const answer = known.get(name) ?? ask(...of);
    known.set(name, answer);
    return answer;
  };
};

/** Builds that each break a promise about messages, with the failure that the simulation reports. */
export const BROKEN_MESSAGES: Readonly<Record<string, Breakage & { readonly tells: RegExp }>> = {
  'no digest is sent': {
    tells: /messages at once/,
    work: (deps) => ({ ...deps, digests: { ...deps.digests, enter: () => Promise.resolve(undefined) } }),
  },
  'pages that wait for a digest are not gathered': {
    tells: /nothing came of it/,
    work: (deps) => ({ ...deps, digests: { ...deps.digests, waiting: () => Promise.resolve([]) } }),
  },
  'a digest has pages that another sender claimed': {
    tells: /sent again after/,
    work: withStore(({ savePage }) => ({
      savePage: async (before, after, at) => (await savePage(before, after, at)) || (before.joins ?? false),
    })),
  },
  'a digest does not read its alerts': {
    tells: /sent while nobody was to be paged/,
    work: (deps) => ({
      ...deps,
      alertNow: async (id) => {
        const alert = await deps.alertNow(id);
        return alert && { ...alert, status: 'open', snoozedUntil: null };
      },
    }),
  },
  'a page that is sent alone after all counts as part of a digest': {
    tells: /says “/,
    work: withStore(({ savePage }) => ({
      savePage: (before, after, at) =>
        savePage(before, after.status === 'sent' && before.joins ? { ...after, joins: true } : after, at),
    })),
  },
  'messages in Slack stay as they were sent': {
    tells: /says “undefined”/,
    chats: (deps) => ({ ...deps, slack: () => Promise.resolve({ channel: '', ts: '' }) }),
  },
  'a message in Slack shows an earlier state of its alert': {
    tells: /says “/,
    chats: (deps) => ({ ...deps, alertNow: asFirst(deps.alertNow) }),
  },
  'a message that is on its way to Slack is not updated': {
    tells: /says “/,
    chats: (deps) => ({
      ...deps,
      escalations: {
        pages: async (id, request) => {
          const page = await deps.escalations.pages(id, request);
          return { ...page, items: page.items.filter(({ status }) => status !== 'sending') };
        },
      },
    }),
  },
  'a button stays that would change nothing': {
    tells: /has a button to/,
    chats: (deps) => ({
      ...deps,
      slack: (method, body) => {
        const button = { type: 'button', action_id: 'acknowledge', value: 'stays' };
        const { blocks } = body as { readonly blocks: readonly { readonly type: string }[] };
        const others = blocks.filter(({ type }) => type !== 'actions');
        return deps.slack(method, { ...body, blocks: [...others, { type: 'actions', elements: [button] }] });
      },
    }),
  },
  'a button works for everybody': {
    tells: /a stranger pressed a button/,
    press: (deps) => {
      const anybody = { includes: () => true, some: () => true } as unknown as StoredContact[];
      return { ...deps, contacts: { of: () => Promise.resolve(anybody) } };
    },
  },
  'a button does nothing': {
    tells: /rings on, although somebody pressed/,
    press: (deps) => {
      const nothing = () => Promise.resolve({} as never);
      return { ...deps, acts: { acknowledge: nothing, resolve: nothing } };
    },
  },
  'the Retry-After of providers is ignored': {
    tells: /asked to be left alone/,
    work: withEach((channel) => deaf(channel)),
  },
  'the Retry-After of Teams is ignored': {
    tells: /teams asked to be left alone/,
    work: (deps) => ({
      ...deps,
      channels: { ...deps.channels, teams: deps.channels.teams && deaf(deps.channels.teams) },
    }),
  },
  'programs get digests': {
    tells: /is a digest to a program/,
    work: withEach((channel) => ({ ...channel, takesLinks: true })),
  },
  'a digest takes pages that wait for Retry-After': {
    tells: /asked to be left alone/,
    work: withStore(({ page }) => ({
      page: async (...of) => {
        const present = await page(...of);
        const isRefused = present?.joins && present.reason?.code === 'refused';
        return isRefused ? { ...present, reason: { code: 'waits_for_digest' } } : present;
      },
    })),
  },
  'a page without an answer hastens pages that wait for Retry-After': {
    tells: /asked to be left alone/,
    work: withStore(({ page, pagesOfRound, savePage }) => ({
      pagesOfRound: async (of) => (await pagesOfRound(of)).map((each) => ({ ...each, attempts: 0 })),
      savePage: async (before, after, at) => {
        const present = await page(before.subject, before.key);
        if (before.attempts > 0 || !present?.attempts) return savePage(before, after, at);
        return savePage(present, { ...present, dueAt: at.toISOString() }, at);
      },
    })),
  },
  'a message without an answer is sent again at once': {
    tells: /sent again after/,
    work: withEach((channel) => ({
      ...channel,
      send: async (message, options) => {
        try {
          return await channel.send(message, options);
        } catch (error) {
          if (!isUnanswered(error)) throw error;
          return channel.send(message, options);
        }
      },
    })),
  },
  'every provider is assumed to know keys': {
    tells: /sent again after|sent [3-9] times/,
    work: withEach((channel) => ({ ...channel, knowsKeys: true })),
  },
  'a channel follows its first settings': {
    tells: /which is switched off/,
    work: (deps) => ({ ...deps, notifying: asFirst(deps.notifying) }),
  },
  'a responder is paged as a target of a step': {
    tells: /asked for, and no page|skipped for no reason|sent again|is made to wait/,
    ask: (deps) => ({
      ...deps,
      escalations: {
        ...deps.escalations,
        ask: (pages, ...of) =>
          deps.escalations.ask(
            pages.map(({ asked: _, ...page }) => page),
            ...of,
          ),
      },
    }),
  },
  'a responder is paged again within five minutes': {
    tells: /was asked for twice/,
    ask: (deps) => ({
      ...deps,
      escalations: {
        ...deps.escalations,
        askedFor: async (...of) => {
          const before = await deps.escalations.askedFor(...of);
          return before && { ...before, askedAt: new Date(0).toISOString() };
        },
      },
    }),
  },
  'the timeline does not name responders': {
    tells: /its timeline says so 0 times/,
    ask: (deps) => ({ ...deps, acts: { ...deps.acts, note: noNote } }),
    work: (deps) => ({ ...deps, acts: { note: noNote } }),
  },
  'a request that dies leaves out the note of its responder': {
    tells: /its timeline says so 0 times/,
    ask: (deps) => {
      let isNew = false;
      const ask: typeof deps.escalations.ask = async (...of) => (isNew = await deps.escalations.ask(...of));
      const note: typeof deps.acts.note = (...of) => (isNew ? deps.acts.note(...of) : noNote());
      return { ...deps, escalations: { ...deps.escalations, ask }, acts: { ...deps.acts, note } };
    },
    work: (deps) => ({ ...deps, acts: { note: noNote } }),
  },
  'a note with a key is added each time': {
    tells: /its timeline says so [2-9] times/,
    work: (deps) => ({
      ...deps,
      acts: { note: (request, { id, note }) => deps.acts.note(request, { id, note }) },
    }),
  },
};
