import type { PublishCommand } from '@aws-sdk/client-sns';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { acknowledgement, resolution, slotOf, snoozing, type StoredAlert } from '../../../functions/alerts/alert.ts';
import { eventNameIn } from '../../../functions/alerts/event-names.ts';
import { followersBy, type AlertMessage } from '../../../functions/alerts/events.ts';
import { notifier, type NotifyDeps } from '../../../functions/alerts/publish/notifier.ts';
import type { Silence } from '../../../functions/alerts/silences/silence.ts';
import type { AlertStore } from '../../../functions/alerts/store.ts';
import { findPublished } from '../../../functions/incidents/analytics/find-published.ts';
import { recordTransition } from '../../../functions/incidents/analytics/record-transition.ts';
import { table } from '../../../shared/aws/dynamo.ts';
import type { Redriven } from '../../../shared/aws/stream.ts';
import { alertsIn, anEvent, anna, machine, standingClock } from '../../support/alerts.ts';
import { startDynamo, type TestDynamo } from '../../support/dynamo.ts';
import { incidentsIn, type IncidentStores } from '../../support/incidents.ts';

vi.hoisted(() => Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' }));

const HOUR = 3_600_000;
let dynamo: TestDynamo;
let store: AlertStore;
let tableName: string;
let incidents: IncidentStores;
let deps: NotifyDeps;
let published: string[];
let silences: Silence[];
const clock = standingClock();

beforeAll(async () => {
  dynamo = await startDynamo();
  ({ store, tableName } = await alertsIn(dynamo));
  incidents = await incidentsIn(dynamo);
});
afterAll(() => dynamo.stop());
beforeEach(() => {
  [published, silences] = [[], []];
  deps = {
    sns: {
      send: async (command: PublishCommand) => {
        const { default: json } = JSON.parse(command.input.Message ?? '') as { default: string };
        const { transition, sequence } = JSON.parse(json) as AlertMessage;
        published.push(`${sequence} ${transition}`);
        return {};
      },
    },
    sqs: { send: async () => ({}) },
    poisonQueueUrl: 'poison',
    trailQueueUrl: 'trail',
    clock,
    silences: { all: async () => silences },
    topicArn: 'topic',
    environment: 'test',
    followersIn: async () =>
      followersBy(
        () => true,
        () => true,
      ),
    findPublished: (batch) => findPublished(incidents, batch),
    recordFigure: (message) => recordTransition({ clock, ...incidents }, message),
    followMuted: () => () => Promise.resolve(),
  };
});

/** A function that reads the stream; each is a process of its own. */
const relay = async (Records: readonly DynamoDBRecord[], redriven: Redriven = {}): Promise<void> => {
  const { batchItemFailures } = await notifier(() => deps)({ Records: [...Records], ...redriven });
  expect(batchItemFailures).toEqual([]);
};

type Image = Record<string, unknown>;
let written = 0;

/** The records of an alert that opens, is snoozed, acknowledged, and resolved if it should be. */
const life = async (isResolved: boolean): Promise<readonly DynamoDBRecord[]> => {
  const event = anEvent();
  const slot = slotOf(event.source, event.dedupKey);
  const records: DynamoDBRecord[] = [];
  let before: Image | undefined;
  const step = async (work: () => Promise<unknown>): Promise<void> => {
    clock.advance(1_000);
    await work();
    const items = await table(dynamo.client, tableName).all<Image>({
      where: '#slot = :slot',
      values: { slot },
      consistent: true,
    });
    const after = items.find(({ item }) => item === 'OPEN');
    const image = (item: Image) => marshall(item, { removeUndefinedValues: true });
    records.push({
      eventName: before ? 'MODIFY' : 'INSERT',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(clock.now().getTime() / 1000),
        SequenceNumber: String(++written),
        ...(before && { OldImage: image(before) }),
        ...(after && { NewImage: image(after) }),
      },
    } as unknown as DynamoDBRecord);
    before = after;
  };
  await step(() => store.raise(event, machine, clock.now(), eventNameIn('1.1')));
  const id = String(before?.['id']);
  const alert = (await store.byId(id)) as StoredAlert;
  const until = new Date(clock.now().getTime() + HOUR);
  await step(() => store.change(id, snoozing(alert, anna, clock.now(), until)));
  await step(() => store.change(id, acknowledgement(anna, clock.now(), 'On it.')));
  if (isResolved) await step(() => store.change(id, resolution(anna, clock.now(), 'Done.')));
  return records;
};

describe('a stream that is read again from its beginning, by a mapping that is made again', () => {
  test('is not published again, whatever became of the alert', async () => {
    const [over, open] = [await life(true), await life(false)];
    await relay(over);
    expect(published).toEqual(['1 opened', '2 snoozed', '3 acknowledged', '4 resolved']);
    await relay(open);
    published = [];
    clock.advance(20 * HOUR);
    await relay([...over, ...open]);
    expect(published).toEqual([]);
  });

  test('has what was held up, and was published never: it is published once, however old it is', async () => {
    const stream = await life(true);
    await relay(stream.slice(0, 2));
    published = [];
    clock.advance(3 * HOUR);
    await relay(stream);
    await relay(stream);
    expect(published).toEqual(['3 acknowledged', '4 resolved']);
  });

  test('has what a silence muted, which has ended since: that stays muted', async () => {
    const from = clock.now().toISOString();
    const stream = await life(true);
    clock.advance(HOUR);
    silences = [
      {
        id: 's1',
        matchers: [{ name: 'service', value: '.*', isRegex: true, isEqual: true }],
        startsAt: from,
        endsAt: clock.now().toISOString(),
        updatedAt: from,
        createdBy: 'ana',
        comment: '',
        version: 1,
      },
    ];
    clock.advance(HOUR);
    await relay(stream);
    expect(published).toEqual([]);
  });

  test('is published again where the table of incidents cannot say what was published', async () => {
    const stream = await life(false);
    await relay(stream);
    published = [];
    clock.advance(2 * HOUR);
    deps = { ...deps, findPublished: () => Promise.reject(new Error('no answer')) };
    await relay(stream);
    expect(published).toEqual(['1 opened', '2 snoozed', '3 acknowledged']);
  });

  test('a dead letter is published when it is redriven, although what happened after it was published', async () => {
    const [opened, ...behind] = await life(true);
    await relay(behind);
    published = [];
    clock.advance(2 * HOUR);
    await relay(opened ? [opened] : [], { isRedriven: true });
    expect(published).toEqual(['1 opened']);
  });

  test('a restored table counts anew: what happens to an alert there is published, whatever the first table had', async () => {
    const stream = await life(true);
    await relay(stream);
    published = [];
    clock.advance(HOUR);
    // The table was restored to an instant before the end, and the alert is resolved once more.
    const again = structuredClone(stream.at(-1)) as DynamoDBRecord;
    const { dynamodb = {} } = again;
    Object.assign(dynamodb, {
      ApproximateCreationDateTime: Math.floor(clock.now().getTime() / 1000),
      SequenceNumber: String(++written),
    });
    Object.assign(dynamodb.NewImage?.['transition']?.M ?? {}, { at: { S: clock.now().toISOString() } });
    clock.advance(HOUR);
    await relay([again]);
    expect(published).toEqual(['4 resolved']);
  });

  test('costs no read while it is read in time', async () => {
    const stream = await life(false);
    let reads = 0;
    deps = { ...deps, findPublished: async () => (reads++, () => false) };
    await relay(stream);
    expect([reads, published.length]).toEqual([0, 3]);
  });
});
