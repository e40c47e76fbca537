import './status-pages.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import Table from '@cloudscape-design/components/table';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useTitle } from '../shell/use-title.ts';
import { useStatusPages, type StatusPage } from './status-page.ts';

/** Pages for readers outside. */
export const StatusPages = () => {
  useTitle('Status pages');
  const go = useGo();
  const isNarrow = useIsNarrow();
  const mayWrite = useCan()('status.write');
  const { data, error, refetch } = useStatusPages();
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  const make = (
    <Button variant="primary" href="/status-pages/new" onFollow={go}>
      Make a status page
    </Button>
  );
  const access = ({ access: who, hasToken }: StatusPage): string =>
    who === 'public' ? 'Everybody' : hasToken ? 'Readers with its token' : 'Nobody yet: it has no token';
  return (
    <Table
      variant="full-page"
      items={data?.items ?? []}
      trackBy="id"
      wrapLines
      loading={!data}
      loadingText="Loading status pages"
      ariaLabels={{ tableLabel: 'Status pages' }}
      columnDefinitions={[
        {
          id: 'name',
          header: 'Page',
          isRowHeader: true,
          minWidth: 200,
          cell: (page) => (
            <div className="wrap">
              <Link href={`/status-pages/${page.id}`} onFollow={go}>
                {page.name}
              </Link>
              <Box variant="small" display="block">
                {isNarrow ? `${page.path} · ${access(page)}` : page.description}
              </Box>
            </div>
          ),
        },
        ...(isNarrow
          ? []
          : [
              {
                id: 'path',
                header: 'Address',
                cell: ({ path }: StatusPage) => (
                  <Link href={path} external externalIconAriaLabel="Opens in a new tab">
                    {path}
                  </Link>
                ),
              },
              { id: 'access', header: 'Who may read it', cell: access },
              { id: 'components', header: 'Components', cell: ({ components }: StatusPage) => components.length },
              {
                id: 'changed',
                header: 'Changed',
                cell: ({ changedAt, changedBy }: StatusPage) => (
                  <>
                    <Instant at={changedAt} ago /> by {changedBy.name}
                  </>
                ),
              },
            ]),
      ]}
      header={
        <Header
          variant="h1"
          counter={data ? `(${data.items.length})` : ''}
          description="What your customers read. The pages are up when everything else is down."
          actions={mayWrite && make}
        >
          Status pages
        </Header>
      }
      empty={
        <Empty
          action={
            mayWrite && (
              <Button href="/status-pages/new" onFollow={go}>
                Make the first status page
              </Button>
            )
          }
        >
          No status page yet tells your customers how your services are.
        </Empty>
      }
    />
  );
};
