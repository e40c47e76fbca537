import { expect, test } from 'vitest';
import { lineSplitter, readableLine } from '../../../local/emulator/lambda/output.ts';

const now = Date.parse('2026-01-01T12:00:00Z');

test('a structured line is printed as time, service, level, message and what is left', () => {
  const line = JSON.stringify({
    level: 'INFO',
    message: 'Alert raised',
    service: 'alerts',
    timestamp: '2026-01-01T12:03:04.123Z',
    function_name: 'f',
    cold_start: true,
    alertId: 'a1',
    title: 'disk full',
    error: { name: 'TypeError', message: 'no' },
  });
  expect(readableLine('f', line, now)).toBe(
    '12:03:04 alerts INFO Alert raised alertId=a1 title="disk full" error=TypeError: no',
  );
});

test('a plain line stays as it is, embedded metrics are not shown', () => {
  expect(readableLine('f', 'hello {', now)).toBe('12:00:00 f hello {');
  expect(readableLine('f', '{half', now)).toBe('12:00:00 f {half');
  expect(readableLine('f', '{"_aws":{"Timestamp":1}}', now)).toBeUndefined();
});

test('lines are whole, however the chunks are cut', () => {
  const lines: string[] = [];
  const feed = lineSplitter((line) => lines.push(line));
  for (const chunk of ['a', 'b\nc\n', '\nd', 'e\n', 'rest']) feed(chunk);
  expect(lines).toEqual(['ab', 'c', 'de']);
});
