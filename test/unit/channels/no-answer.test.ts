import { expect, test } from 'vitest';
import { Refused } from '../../../shared/channels/channel.ts';
import { isUnanswered } from '../../../shared/channels/no-answer.ts';

const failure = (name: string, more: object = {}, message = name): Error =>
  Object.assign(new Error(message), { name }, more);
const answered = (status: number) => ({ $metadata: { httpStatusCode: status } });

test.each([
  ['a time-out', failure('TimeoutError')],
  ['a connection that was reset', failure('Error', { code: 'ECONNRESET' }, 'socket hang up')],
  ['a 500 of AWS', failure('InternalFailure', answered(500))],
  ['a 504 of a gateway', failure('UND_ERR_SOCKET', answered(504))],
  ['a 500 of a receiver', new Refused(500)],
  ['a 502 of a receiver', new Refused(502)],
])('%s leaves open whether the message was taken', (_what, error) => {
  expect(isUnanswered(error)).toBe(true);
});

test.each([
  ['a throttle', failure('ThrottlingException', answered(500))],
  ['a 429', new Refused(429)],
  ['a 503', new Refused(503)],
  ['a 503 of AWS', failure('ServiceUnavailable', answered(503))],
  ['a 404', new Refused(404)],
  ['a wrong number', failure('InvalidParameterException', answered(400))],
  ['a connection that nobody took', failure('Error', { code: 'ECONNREFUSED', syscall: 'connect' })],
  ['a connection that timed out', failure('Error', { code: 'ETIMEDOUT', syscall: 'connect' })],
  [
    'a connection that was not made in time',
    failure('TimeoutError', {}, 'the request socket did not establish a connection with the server within 1000 ms'),
  ],
  ['a provider that is spared', failure('Spared', answered(503))],
  ['what is no error', 'no'],
])('%s took nothing', (_what, error) => {
  expect(isUnanswered(error)).toBe(false);
});
