import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQueries } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { Failed } from '../shell/failed.tsx';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';

type Change = Schemas['Change'];

const HOURS = 12;
const HOUR_MS = 3_600_000;
const MOST = 50;
const MOST_SERVICES = 5;
const EVERY_MS = 60_000;

/** Changes of a service within the hours before an instant, newest first. */
const changesBefore = (service: string, at: string) => ({
  queryKey: ['changes', service, at],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    allOf<Change>(
      (cursor) =>
        bodyOf(
          api.GET('/api/changes', {
            params: {
              query: {
                service,
                from: new Date(Date.parse(at) - HOURS * HOUR_MS).toISOString(),
                to: at,
                limit: MOST,
                ...cursor,
              },
            },
            signal,
          }),
        ),
      MOST,
    ),
  // A sender may report a change late.
  refetchInterval: EVERY_MS,
});

const ChangeLine = ({ change, ofMany }: { readonly change: Change; readonly ofMany: boolean }) => (
  <li>
    <Box variant="small">
      <Instant at={change.at} />
      {ofMany && change.service !== null && ` · ${change.service}`} · {change.source ?? change.integration.name}
    </Box>
    <div className="wrap">{change.summary}</div>
    {change.links.length > 0 && (
      <SpaceBetween direction="horizontal" size="s">
        {change.links.map(({ href, text }) => (
          <Link key={href} href={href} external externalIconAriaLabel="opens in a new tab" target="_blank">
            <span className="wrap">{text}</span>
          </Link>
        ))}
      </SpaceBetween>
    )}
  </li>
);

interface ChangesBeforeProps {
  readonly services: readonly string[];
  readonly at: string;
}

/** What was deployed or changed shortly before something broke: the first question of the night. */
export const ChangesBefore = ({ services, at }: ChangesBeforeProps) => {
  const asked = [...new Set(services)].slice(0, MOST_SERVICES);
  const answers = useQueries({ queries: asked.map((service) => changesBefore(service, at)) });
  const failed = answers.find(({ error, data }) => error && !data);
  if (failed?.error) return <Failed error={failed.error} onRetry={() => void failed.refetch()} />;
  if (answers.some(({ data }) => !data)) return <Loading />;
  const changes = answers
    .flatMap(({ data }) => data?.items ?? [])
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (changes.length === 0) {
    return (
      <Box color="text-body-secondary">
        {asked.length === 0
          ? 'No service is named, so no change can be matched.'
          : `No change of ${asked.join(', ')} was reported in the ${HOURS} hours before.`}
      </Box>
    );
  }
  return (
    <ol className="changes" aria-label={`Changes in the ${HOURS} hours before`}>
      {changes.map((change) => (
        <ChangeLine key={change.id} change={change} ofMany={asked.length > 1} />
      ))}
    </ol>
  );
};
