import { expect, test } from 'vitest';
import { deletedUserIn, announceDeletedUsers } from '../../../functions/auth/accounts/announce-deleted-user.ts';

const at = new Date('2026-11-21T03:00:00Z');
const user = (status: string, sk = 'USER') => ({ sk, id: 'usr_1', status });

test('the write that deletes a user announces them, and no other write does', () => {
  expect(deletedUserIn({ before: user('active'), after: user('deleted'), at })).toEqual({
    schema: 'tocsin.user-deleted/1',
    userId: 'usr_1',
  });
  for (const [before, after] of [
    [user('active'), user('disabled')],
    [user('deleted'), user('deleted')],
    [user('deleted'), undefined],
    [undefined, user('active')],
    [user('active', 'KEY'), user('deleted', 'KEY')],
  ]) {
    expect(deletedUserIn({ before, after, at })).toBeUndefined();
  }
});

test('the announcement is held back until no token of theirs is taken any more', async () => {
  const sent: object[] = [];
  const send = (command: { readonly input: object }) => Promise.resolve(sent.push(command.input));
  const announce = announceDeletedUsers({ sqs: { send } as never, queueUrl: 'https://sqs/q' });
  await announce({ schema: 'tocsin.user-deleted/1', userId: 'usr_1' });
  expect(sent).toMatchObject([{ QueueUrl: 'https://sqs/q', DelaySeconds: 120 }]);
});
