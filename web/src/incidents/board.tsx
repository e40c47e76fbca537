import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import { useNames } from '../people/people.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { isOver, STATUSES, titled, type Incident } from './incident.ts';
import { SeverityMark } from './marks.tsx';

const RECENT = 10;

const Card = ({ incident }: { readonly incident: Incident }) => {
  const go = useGo();
  const nameOf = useNames();
  const { id, title, severity, service, openedAt, roles } = incident;
  return (
    <li className="board-card">
      <div className="row">
        <SeverityMark severity={severity} />
        <Box variant="small">
          <Instant at={openedAt} ago />
        </Box>
      </div>
      <div className="wrap clamp">
        <Link href={`/incidents/${id}`} onFollow={go} fontSize="body-m">
          {title}
        </Link>
      </div>
      <Box variant="small">
        {[service, roles.commander === null ? 'no commander' : nameOf(roles.commander)].filter(Boolean).join(' · ')}
      </Box>
    </li>
  );
};

/** Incidents by state: a column each, the worst first. */
export const Board = ({ incidents }: { readonly incidents: readonly Incident[] }) => (
  <div className="board">
    {STATUSES.filter((status) => status !== 'closed').map((status) => {
      const all = incidents
        .filter((each) => each.status === status)
        .sort((one, other) => one.severity.localeCompare(other.severity));
      const shown = isOver(status) ? all.slice(0, RECENT) : all;
      return (
        <section key={status} className="board-column" aria-label={titled(status)}>
          <div className="row">
            <Box variant="h3" tagOverride="h2">
              {titled(status)}
            </Box>
            <Box color="text-body-secondary">{all.length}</Box>
          </div>
          {shown.length === 0 ? (
            <Box color="text-body-secondary" padding={{ vertical: 's' }}>
              None
            </Box>
          ) : (
            <ul>
              {shown.map((incident) => (
                <Card key={incident.id} incident={incident} />
              ))}
            </ul>
          )}
        </section>
      );
    })}
  </div>
);
