import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { useNames } from '../people/people.ts';
import { Remove } from '../services/remove.tsx';
import { useMe } from '../session/use-session.ts';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { ON_CALL } from './schedule.ts';

/** Secret links to a calendar that a phone or a mail program subscribes to. */
export const Feeds = ({ scheduleId }: { readonly scheduleId: string }) => {
  const me = useMe();
  const nameOf = useNames();
  const [made, setMade] = useState('');
  const path = { id: scheduleId };
  const key = [...ON_CALL, scheduleId, 'feeds'];
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => bodyOf(api.GET('/api/oncall/schedules/{id}/ical', { params: { path }, signal })),
  });
  const add = useAction({
    act: (userId: string | null) =>
      bodyOf(api.POST('/api/oncall/schedules/{id}/ical', { params: { path }, body: { userId } })),
    changes: [key],
    then: (feed) => setMade(`${window.location.origin}${feed.path}`),
  });
  const [removing, setRemoving] = useState<Schemas['CalendarFeed']>();
  const nameOfFeed = ({ userId }: Schemas['CalendarFeed']): string =>
    userId === null ? 'All shifts' : `Shifts of ${nameOf(userId)}`;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="For the calendar of a phone. Everybody with a link sees its shifts."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button loading={add.isPending} onClick={() => add.mutate(me.id)}>
                Link to my shifts
              </Button>
              <Button loading={add.isPending} onClick={() => add.mutate(null)}>
                Link to all shifts
              </Button>
            </SpaceBetween>
          }
        >
          Calendar links
        </Header>
      }
    >
      <SpaceBetween size="m">
        {made !== '' && (
          <Alert type="success" dismissible dismissAriaLabel="Hide the link" onDismiss={() => setMade('')}>
            <div>This link is shown once. Subscribe to it in your calendar.</div>
            <CopyToClipboard
              variant="inline"
              textToCopy={made}
              copyButtonAriaLabel="Copy the link"
              copySuccessText="Copied"
              copyErrorText="The browser did not copy it. Mark it and copy it by hand."
            />
          </Alert>
        )}
        {(data?.items.length ?? 0) === 0 ? (
          <Box color="text-body-secondary">No calendar link yet.</Box>
        ) : (
          <ul className="lines">
            {data?.items.map((feed) => (
              <li key={feed.id} className="line">
                <div className="wrap">
                  {nameOfFeed(feed)}
                  <Box variant="small" display="block">
                    Made by {feed.createdBy.name} <Instant at={feed.createdAt} ago />
                  </Box>
                </div>
                <Button onClick={() => setRemoving(feed)}>Remove</Button>
              </li>
            ))}
          </ul>
        )}
      </SpaceBetween>
      {removing && (
        <Remove
          what="calendar link"
          name={nameOfFeed(removing)}
          means="no longer opens anything: calendars that subscribe to it stay as they are, and are not updated again."
          changes={key}
          act={() =>
            bodyOf(
              api.DELETE('/api/oncall/schedules/{id}/ical/{key}', { params: { path: { ...path, key: removing.id } } }),
            )
          }
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Container>
  );
};
