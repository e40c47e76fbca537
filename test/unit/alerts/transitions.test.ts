import { describe, expect, test } from 'vitest';
import { alertMessageIn, ALERT_MESSAGE_SCHEMA } from '../../../functions/alerts/events.ts';
import {
  consequencesOf,
  TRANSITIONS,
  TRANSITION_TYPES,
  transitionsWhere,
  type Consequences,
} from '../../../functions/alerts/transitions.ts';
import { messageIn } from '../../../shared/aws/queue.ts';

describe('a transition', () => {
  test('has all its consequences in the table, and is found by each of them', () => {
    for (const type of TRANSITION_TYPES) {
      expect(consequencesOf(type)).toBe(TRANSITIONS[type]);
      expect(transitionsWhere((consequences) => consequences === TRANSITIONS[type])).toContain(type);
    }
  });

  test('does not compile without its consequences', () => {
    // @ts-expect-error It does not say whether it rewrites chats, nor anything else.
    const incomplete = { merged: { ringsAnew: 'never' } } as const satisfies Readonly<Record<string, Consequences>>;
    expect(incomplete.merged).not.toHaveProperty('rewritesChats');
  });

  test.each(['merged', 'constructor', ''])('of a newer version has no consequences: %j', (type) => {
    expect(consequencesOf(type)).toMatchObject({ ringsAnew: 'never', mayJoinIncident: false, milestone: null });
  });
});

describe('a message of the topic', () => {
  const message = {
    schema: ALERT_MESSAGE_SCHEMA,
    transition: 'opened',
    sequence: 1,
    at: '2026-11-21T03:00:00.000Z',
    actor: { kind: 'system', id: 'system:timer', name: 'timer' },
    alert: { id: 'alr_1' },
  };

  test('reads the same raw and in the envelope of SNS', () => {
    const wrapped = { Type: 'Notification', MessageId: 'm', Message: JSON.stringify(message) };
    for (const sent of [message, wrapped]) expect(alertMessageIn(messageIn(JSON.stringify(sent)))).toEqual(message);
  });

  test.each(['schema', 'transition', 'sequence', 'at', 'actor', 'alert'])('is refused without its %s', (field) => {
    expect(() => alertMessageIn({ ...message, [field]: undefined })).toThrow('Not a message of the schema');
  });

  test.each([null, 'text', 1, [], {}])('is not %j', (received) => {
    expect(() => alertMessageIn(messageIn(JSON.stringify(received)))).toThrow('Not a message of the schema');
  });
});
