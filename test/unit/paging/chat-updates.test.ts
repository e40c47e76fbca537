import { ACTIONS } from '../../../shared/channels/channel.ts';
import { describe, expect, test } from 'vitest';
import type { AlertMessage } from '../../../functions/alerts/events.ts';
import type { Alert } from '../../../functions/alerts/port.ts';
import { updateMessages } from '../../../functions/paging/chats/update-messages.ts';
import { linkFor, tokenOf, type StoredLink } from '../../../functions/paging/links/link.ts';
import type { StoredPage } from '../../../functions/paging/pages/page.ts';

const open = { id: 'alr_1', status: 'open' } as Alert;
const acknowledged = { id: 'alr_1', status: 'acknowledged', acknowledgedBy: 'ana' } as Alert;
const resolved = { id: 'alr_1', status: 'resolved', resolvedBy: 'ben' } as Alert;
const told = { transition: 'acknowledged', alert: acknowledged } as unknown as AlertMessage;
const page = (over: Partial<StoredPage> = {}) =>
  ({
    subject: { kind: 'alert', id: 'alr_1' },
    key: 'k',
    title: 'Checkout',
    severity: 'critical',
    service: null,
    userId: 'usr_ana',
    channel: 'slack',
    provider: 'slack',
    providerId: 'C1/1.2',
    plannedAt: '2026-11-21T03:00:00.000Z',
    status: 'sent',
    ...over,
  }) as StoredPage;

interface Said {
  readonly ts: string;
  readonly text: string;
  readonly blocks: readonly { readonly elements?: readonly { readonly action_id?: string }[] }[];
}

/** The updates that Slack receives, one after the other, while alerts are as `looks` has them. */
const writtenIn = async (
  pages: readonly StoredPage[],
  looks: Alert[],
  {
    refuses = () => undefined,
    links = () => ({}) as StoredLink,
  }: {
    readonly refuses?: (body: Said) => string | undefined;
    readonly links?: (token: string) => StoredLink | undefined;
  } = {},
): Promise<Said[]> => {
  const said: Said[] = [];
  await updateMessages(
    {
      escalations: { pages: () => Promise.resolve({ items: [...pages], next: null }) },
      alertNow: () => Promise.resolve(looks.length > 1 ? looks.shift() : looks[0]),
      links: { byToken: (token) => Promise.resolve(links(token)) },
      secret: () => Promise.resolve({ key: 'k' } as never),
      slack: (_method, body) => {
        const word = refuses(body as Said);
        if (word) return Promise.reject(Object.assign(new Error(word), { name: word }));
        said.push(body as Said);
        return Promise.resolve({}) as never;
      },
    },
    told,
  );
  return said;
};
const saidIn = async (...of: Parameters<typeof writtenIn>): Promise<string[]> =>
  (await writtenIn(...of)).map(({ text }) => text);
const buttonsIn = async (...of: Parameters<typeof writtenIn>) =>
  (await writtenIn(...of)).flatMap(({ blocks }) =>
    blocks.flatMap(({ elements = [] }) => elements.flatMap(({ action_id: action }) => action ?? [])),
  );

describe('a message in Slack', () => {
  test('is written once where nothing happens meanwhile', async () => {
    expect(await saidIn([page()], [acknowledged])).toEqual([expect.stringContaining('ana has acknowledged')]);
  });

  test('ends as its alert stands, also where that changed while it was written', async () => {
    const said = await saidIn([page()], [acknowledged, resolved]);
    expect(said.at(-1)).toContain('ben has resolved');
  });

  test('that is gone keeps no other from being changed', async () => {
    const pages = [page(), page({ key: 'l', providerId: 'C2/2.3' })];
    const refuses = ({ ts }: Said) => (ts === '1.2' ? 'Slack:message_not_found' : undefined);
    const said = await saidIn(pages, [acknowledged], { refuses });
    expect(said).toEqual([expect.stringContaining('ana has acknowledged')]);
  });

  test('is changed later where Slack does nothing for anybody', async () => {
    await expect(saidIn([page()], [acknowledged], { refuses: () => 'Slack:token_revoked' })).rejects.toThrow(
      'token_revoked',
    );
  });

  test('has a button for each action that would still change something, and none for a used or missing link', async () => {
    const key = 'k';
    const tokens = ACTIONS.map((action) => tokenOf(key, linkFor(page(), 'usr_ana', action)));
    const used = { outcome: { code: 'done', action: 'acknowledge' } } as StoredLink;
    expect(await buttonsIn([page()], [open])).toEqual(['acknowledge', 'resolve']);
    expect(await buttonsIn([page()], [acknowledged])).toEqual(['resolve']);
    const links = (token: string) => (token === tokens[0] ? used : ({} as StoredLink));
    expect(await buttonsIn([page()], [open], { links })).toEqual(['resolve']);
    expect(await buttonsIn([page()], [open], { links: () => undefined })).toEqual([]);
  });

  test('that is being sent is waited for: the transition of its alert is delivered again', async () => {
    const onItsWay = page({ status: 'sending', provider: null, providerId: null });
    await expect(saidIn([onItsWay], [acknowledged])).rejects.toThrow('on its way');
  });
});
