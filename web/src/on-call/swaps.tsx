import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { api, bodyOf } from '../api/client.ts';
import { useNames } from '../people/people.ts';
import { useCan, useMe } from '../session/use-session.ts';
import { useAction } from '../shell/use-action.ts';
import { ON_CALL, spanText, useSchedules, useSwaps, type Swap } from './schedule.ts';

const MARKS: Readonly<Record<Swap['status'], StatusIndicatorProps.Type>> = {
  requested: 'pending',
  accepted: 'success',
  declined: 'stopped',
  cancelled: 'stopped',
};
const WORDS = { accept: 'accepted', decline: 'declined', cancel: 'cancelled' } as const;
type Answer = keyof typeof WORDS;

const answer = (id: string, how: Answer) => {
  const params = { params: { path: { id } } };
  if (how === 'accept') return bodyOf(api.POST('/api/oncall/swaps/{id}/accept', params));
  if (how === 'decline') return bodyOf(api.POST('/api/oncall/swaps/{id}/decline', params));
  return bodyOf(api.POST('/api/oncall/swaps/{id}/cancel', params));
};

/** Requests to swap, those that wait for an answer first. */
export const Swaps = () => {
  const me = useMe();
  const can = useCan();
  const nameOf = useNames();
  const schedules = useSchedules().data?.items ?? [];
  const { data } = useSwaps();
  const act = useAction({
    act: ({ id, how }: { readonly id: string; readonly how: Answer }) => answer(id, how),
    changes: [ON_CALL],
    done: (_, { how }) => `The swap is ${WORDS[how]}.`,
  });
  const swaps = [...(data?.items ?? [])].sort(
    (one, other) => Number(other.status === 'requested') - Number(one.status === 'requested'),
  );
  if (swaps.length === 0) return null;
  return (
    <Container header={<Header variant="h2">Swaps</Header>}>
      <ul className="lines">
        {swaps.slice(0, 12).map(({ id, status, fromUserId, toUserId, give, take, note, scheduleId }) => (
          <li key={id} className="line">
            <div className="wrap">
              <b>{nameOf(fromUserId)}</b> asks <b>{nameOf(toUserId)}</b> to take {spanText(give.from, give.to)}
              {take !== null && <> for {spanText(take.from, take.to)}</>}
              <Box variant="small" display="block">
                {[schedules.find((each) => each.id === scheduleId)?.name, note].filter(Boolean).join(' · ')}
              </Box>
            </div>
            <SpaceBetween direction="horizontal" size="xs">
              {status === 'requested' && toUserId === me.id && can('oncall.swap') && (
                <>
                  <Button variant="primary" onClick={() => act.mutate({ id, how: 'accept' })}>
                    Accept
                  </Button>
                  <Button onClick={() => act.mutate({ id, how: 'decline' })}>Decline</Button>
                </>
              )}
              {status === 'requested' && fromUserId === me.id && can('oncall.swap') && (
                <Button onClick={() => act.mutate({ id, how: 'cancel' })}>Cancel</Button>
              )}
              <StatusIndicator type={MARKS[status]}>{status}</StatusIndicator>
            </SpaceBetween>
          </li>
        ))}
      </ul>
    </Container>
  );
};
