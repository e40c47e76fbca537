import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueries } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { useHues } from '../people/hues.ts';
import { useNames } from '../people/people.ts';
import { useCan, useMe } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant, useNow } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { addDays, dayOf, instantText, ON_CALL, spanText, useOnCallNow, type OnCallNow } from './schedule.ts';

const LOOKS_AHEAD_DAYS = 28;

const Names = ({ ids, empty }: { readonly ids: readonly string[]; readonly empty: string }) => {
  const nameOf = useNames();
  const hueOf = useHues();
  if (ids.length === 0) return <span className="nobody">{empty}</span>;
  return (
    <span className="people">
      {ids.map((id) => (
        <span key={id} className={`person ${hueOf(id)}`}>
          {nameOf(id)}
        </span>
      ))}
    </span>
  );
};

const NowCard = ({ schedule }: { readonly schedule: OnCallNow }) => {
  const go = useGo();
  const { scheduleId, name, users, until, next } = schedule;
  return (
    <li className="now-card">
      <div className="wrap clamp">
        <Link href={`/on-call/${scheduleId}`} onFollow={go} fontSize="heading-s">
          {name}
        </Link>
      </div>
      <Names ids={users} empty="Nobody is on call" />
      <Box variant="small">
        {until === null ? (
          'No hand-off is near.'
        ) : (
          <>
            Until <Instant at={until} />
            {next !== null && (
              <>
                {', then '}
                <Names ids={next} empty="nobody" />
              </>
            )}
          </>
        )}
      </Box>
    </li>
  );
};

/** The next shift of the reader, over all schedules; the present one where they are on call. */
const useMyShift = (schedules: readonly OnCallNow[]) => {
  const me = useMe();
  const now = useNow();
  const from = dayOf(now);
  const to = addDays(from, LOOKS_AHEAD_DAYS);
  const queries = useQueries({
    queries: schedules.map(({ scheduleId: id }) => ({
      queryKey: [...ON_CALL, id, 'shifts', instantText(from), instantText(to)],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        bodyOf(
          api.GET('/api/oncall/schedules/{id}/shifts', {
            params: { path: { id }, query: { from: instantText(from), to: instantText(to) } },
            signal,
          }),
        ),
      staleTime: 60_000,
    })),
  });
  return queries
    .flatMap(({ data }, i) =>
      (data?.shifts ?? []).map((shift) => ({ ...shift, name: schedules[i]?.name ?? '', id: schedules[i]?.scheduleId })),
    )
    .filter(({ users, to: end }) => users.includes(me.id) && Date.parse(end) > now)
    .sort((one, other) => Date.parse(one.from) - Date.parse(other.from))[0];
};

const MyShift = ({ schedules }: { readonly schedules: readonly OnCallNow[] }) => {
  const now = useNow();
  const go = useGo();
  const shift = useMyShift(schedules);
  if (!shift) return <Box color="text-body-secondary">You have no shift in the next four weeks.</Box>;
  const isNow = Date.parse(shift.from) <= now;
  return (
    <div className={isNow ? 'mine is-now' : 'mine'}>
      <b>{isNow ? 'You are on call' : 'Your next shift'}</b> <span>{spanText(shift.from, shift.to)}</span>{' '}
      <Link href={`/on-call/${shift.id}`} onFollow={go}>
        {shift.name}
      </Link>
    </div>
  );
};

/** Who is on call now by each schedule, and the next shift of the reader. */
export const Now = () => {
  const can = useCan();
  const go = useGo();
  const { data, error, refetch } = useOnCallNow();
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  if (data.items.length === 0) {
    return (
      <Empty
        action={
          can('oncall.schedule.write') && (
            <Button href="/on-call/new" onFollow={go}>
              Make the first schedule
            </Button>
          )
        }
      >
        There is no schedule yet that says who is on call.
      </Empty>
    );
  }
  return (
    <SpaceBetween size="l">
      <MyShift schedules={data.items} />
      <ul className="now">
        {data.items.map((schedule) => (
          <NowCard key={schedule.scheduleId} schedule={schedule} />
        ))}
      </ul>
    </SpaceBetween>
  );
};
