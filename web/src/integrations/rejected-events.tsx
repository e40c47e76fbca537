import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Table from '@cloudscape-design/components/table';
import { useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { EVERY_MS, INTEGRATIONS, type Integration } from './integration.ts';
import { RefusedMessage } from './refused-message.tsx';

type RejectedEvent = Schemas['RejectedEvent'];
type Replayed = Schemas['ReplayedEvent'];

/** What became of a replay, in a sentence. */
const summaryOf = (items: readonly Replayed[], left: boolean): string => {
  const replayed = items.filter(({ outcome }) => outcome === 'replayed').length;
  const why = items.find((item) => item.why !== null)?.why;
  const more = left ? ' More are waiting: replay again.' : '';
  if (items.length === 0) return 'Nothing waits for a replay.';
  return why === undefined
    ? `${replayed} of ${items.length} are replayed.${more}`
    : `${replayed} of ${items.length} are replayed. The mapping still rejects: ${why}${more}`;
};

/** The messages whose events the mapping of an integration rejected, to be replayed. */
export const RejectedEvents = ({
  integration,
  mayReplay,
}: {
  readonly integration: Integration;
  readonly mayReplay: boolean;
}) => {
  const isNarrow = useIsNarrow();
  const KEY = [...INTEGRATIONS, 'rejected', integration.id];
  const path = { key: integration.id };
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) =>
      allOf<RejectedEvent>((cursor) =>
        bodyOf(
          api.GET('/api/integrations/{key}/rejected', { params: { path, query: { limit: 100, ...cursor } }, signal }),
        ),
      ),
    refetchInterval: EVERY_MS,
  });
  const replay = useAction<
    readonly string[] | undefined,
    { readonly items: readonly Replayed[]; readonly left: boolean }
  >({
    act: (ids) =>
      bodyOf(
        api.POST('/api/integrations/{key}/rejected/replay', {
          params: { path },
          body: ids === undefined ? {} : { ids: [...ids] },
        }),
      ),
    changes: [KEY, ['alerts']],
    done: ({ items, left }) => summaryOf(items, left),
  });
  const items = query.data?.items ?? [];
  if (query.error && !query.data) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Table<RejectedEvent>
      items={items}
      trackBy="id"
      loading={query.isPending}
      wrapLines
      header={
        <Header
          variant="h2"
          description="Mend the mapping, and replay what it rejected. Each message is handed in once."
          actions={
            mayReplay && (
              <Button
                loading={replay.isPending}
                disabled={!items.some(({ state, replayable }) => state === 'rejected' && replayable)}
                disabledReason="No event waits for a replay."
                onClick={() => replay.mutate(undefined)}
              >
                Replay all
              </Button>
            )
          }
        >
          Rejected events
        </Header>
      }
      columnDefinitions={[
        ...(isNarrow
          ? [
              {
                id: 'at',
                header: 'Came',
                minWidth: 180,
                cell: ({ at, reason, body }: RejectedEvent) => (
                  <div className="wrap">
                    <Instant at={at} />
                    <div>{reason}</div>
                    <RefusedMessage at={at} body={body} />
                  </div>
                ),
              },
            ]
          : [
              { id: 'at', header: 'Came', width: 180, cell: ({ at }: RejectedEvent) => <Instant at={at} /> },
              { id: 'reason', header: 'Reason', cell: ({ reason }: RejectedEvent) => reason },
              {
                id: 'body',
                header: 'Message',
                cell: ({ at, body }: RejectedEvent) => <RefusedMessage at={at} body={body} />,
              },
            ]),
        {
          id: 'replay',
          header: 'Replay',
          width: 110,
          cell: ({ id, at, state, replayable }) => {
            if (state === 'replayed') return 'Replayed';
            if (!replayable) return 'Too long';
            if (!mayReplay) return 'Waiting';
            return (
              <Button
                variant="inline-link"
                ariaLabel={`Replay the message of ${at}`}
                disabled={replay.isPending}
                onClick={() => replay.mutate([id])}
              >
                Replay
              </Button>
            );
          },
        },
      ]}
      empty={<Empty>No message was rejected within 14 days.</Empty>}
    />
  );
};
