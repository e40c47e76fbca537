import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Failed } from '../shell/failed.tsx';
import { durationText } from '../shell/figures.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useChanges } from './monitor.ts';

const MARKS = { up: 'success', down: 'error' } as const;

/** How the state changed, the latest first, with how long each lasted. */
export const Changes = ({ id }: { readonly id: string }) => {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useChanges(id);
  const changes = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Container header={<Header variant="h2">Changes</Header>}>
      {data ? (
        <SpaceBetween size="m">
          {changes.length === 0 && (
            <Box color="text-body-secondary">The state has not changed since the monitor was made.</Box>
          )}
          <ul className="lines">
            {changes.map(({ at, status, reason, sequence, muted }, i) => {
              const next = changes[i - 1]?.at;
              return (
                <li key={sequence} className="change">
                  <StatusIndicator type={MARKS[status as keyof typeof MARKS] ?? 'pending'}>
                    {status === 'up' ? 'Up' : status === 'down' ? 'Down' : 'Unknown'}
                  </StatusIndicator>
                  <span className="wrap reason">
                    {reason}
                    {muted && <span className="soft"> · in maintenance, no alert</span>}
                  </span>
                  <Box variant="small">
                    <Instant at={at} />
                    {next !== undefined && <> · {durationText((Date.parse(next) - Date.parse(at)) / 1000)}</>}
                  </Box>
                </li>
              );
            })}
          </ul>
          {hasNextPage && (
            <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show earlier changes
            </Button>
          )}
        </SpaceBetween>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Container>
  );
};
