import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useQuery } from '@tanstack/react-query';
import { api, bodyOf } from '../api/client.ts';
import { session } from '../session/session.ts';
import { Instant } from '../shell/instant.tsx';
import { useAction } from '../shell/use-action.ts';
import { deviceOf } from './device.ts';

const KEY = ['sessions'];

/** Where this person is signed in. A session that they do not know can be ended. */
export const Sessions = () => {
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => bodyOf(api.GET('/api/auth/sessions', { signal })),
  });
  const end = useAction({
    act: async (ids: readonly string[]) => {
      for (const id of ids) await bodyOf(api.DELETE('/api/auth/sessions/{id}', { params: { path: { id } } }));
    },
    changes: [KEY],
    done: (_, ids) => (ids.length === 1 ? 'The session has ended.' : 'All other sessions have ended.'),
  });
  const sessions = [...(data?.items ?? [])].sort((one, other) => Number(other.current) - Number(one.current));
  const others = sessions.filter(({ current }) => !current).map(({ id }) => id);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Where you are signed in. End what you do not know, and change your password."
          actions={
            others.length > 0 && (
              <Button loading={end.isPending} onClick={() => end.mutate(others)}>
                End all others
              </Button>
            )
          }
        >
          Sessions
        </Header>
      }
    >
      <ul className="lines">
        {sessions.map(({ id, ip, userAgent, createdAt, lastUsedAt, current }) => (
          <li key={id} className="line">
            <div className="wrap">
              <span title={userAgent}>{deviceOf(userAgent)}</span> {current && <Badge color="blue">This one</Badge>}
              <Box variant="small" display="block">
                {ip} · since <Instant at={createdAt} /> · last used <Instant at={lastUsedAt} ago />
              </Box>
            </div>
            {current ? (
              <Button onClick={() => void session.logout()}>Sign out</Button>
            ) : (
              <Button ariaLabel={`End the session of ${deviceOf(userAgent)}`} onClick={() => end.mutate([id])}>
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Container>
  );
};
