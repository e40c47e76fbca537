import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { lazy, Suspense } from 'react';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { Loading } from '../shell/loading.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { nameIn, type Service } from './catalogue.ts';
import { HealthMark, useHealthOf } from './health.tsx';
import { useServices } from './service-select.tsx';

const Graph = lazy(() => import('./graph.tsx').then((part) => ({ default: part.Graph })));

/** What depends on what: a picture, and the same as a table. */
export const Dependencies = () => {
  const [chosen, setChosen] = useParam('service');
  const isNarrow = useIsNarrow();
  const healthOf = useHealthOf();
  const { data, error, refetch } = useServices();
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading text="Loading services" />;
  const services = data.items;
  const needed = new Set(services.flatMap(({ dependsOn }) => dependsOn));
  const joined = services.filter(({ id, dependsOn }) => dependsOn.length > 0 || needed.has(id));
  const names = (ids: readonly string[]): string => ids.map((id) => nameIn(services, id)).join(', ') || '–';
  return (
    <SpaceBetween size="l">
      <Container
        header={
          <Header variant="h2" description="A service is above what it depends on. Choose one to see what it touches.">
            Dependencies
          </Header>
        }
      >
        {joined.length === 0 ? (
          <Box color="text-body-secondary">No service depends on another yet. Say so where a service is edited.</Box>
        ) : (
          <Suspense fallback={<Loading />}>
            <Graph services={joined} healthOf={healthOf} chosen={chosen} onChoose={setChosen} />
          </Suspense>
        )}
      </Container>
      <Table
        items={services}
        trackBy="id"
        wrapLines
        ariaLabels={{ tableLabel: 'Dependencies' }}
        header={<Header variant="h2">As a table</Header>}
        empty={<Empty>There is no service yet.</Empty>}
        columnDefinitions={[
          {
            id: 'name',
            header: 'Service',
            isRowHeader: true,
            cell: ({ name }) => (
              <div>
                <span className="wrap">{name}</span>
                {isNarrow && (
                  <div>
                    <HealthMark health={healthOf(name)} />
                  </div>
                )}
              </div>
            ),
          },
          ...(isNarrow
            ? []
            : [{ id: 'state', header: 'State', cell: ({ name }: Service) => <HealthMark health={healthOf(name)} /> }]),
          {
            id: 'needs',
            header: 'Depends on',
            cell: ({ dependsOn }) => <span className="wrap">{names(dependsOn)}</span>,
          },
          {
            id: 'needed',
            header: 'Needed by',
            cell: ({ id }) => (
              <span className="wrap">
                {names(services.filter(({ dependsOn }) => dependsOn.includes(id)).map((each) => each.id))}
              </span>
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
};
