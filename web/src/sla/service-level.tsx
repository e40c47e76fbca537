import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { lazy, Suspense, type ReactNode } from 'react';
import { clock } from '../session/clock.ts';
import { Failed } from '../shell/failed.tsx';
import { durationText, percentText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useTitle } from '../shell/use-title.ts';
import { BudgetBar } from './budget.tsx';
import { LevelMark } from './sla.tsx';
import { useSla, type Period, type Report } from './use-sla.ts';
import { dateWords, monthWords } from '../shell/times.ts';

const TimeChart = lazy(() => import('../charts/time-chart.tsx').then((part) => ({ default: part.TimeChart })));

const COUNTS: Readonly<Record<Period, number>> = { day: 30, week: 12, month: 12, quarter: 4, year: 1 };

const periodText = (period: Period, { from }: Report): string => {
  const at = Date.parse(from);
  if (period === 'month') return monthWords(at);
  if (period === 'quarter') return `Quarter from ${monthWords(at)}`;
  if (period === 'year') return String(new Date(at).getFullYear());
  return period === 'week' ? `Week of ${dateWords(at)}` : dateWords(at);
};

/** What was left of the budget over a period, in percent of it, from its beginning to now. */
const burnDown = ({ from, to, errorBudget, outages }: Report): { at: number; value: number }[] => {
  const [start, end] = [Date.parse(from), Math.min(Date.parse(to), clock.now())];
  const allowed = errorBudget.allowedSeconds;
  if (allowed <= 0) return [];
  // Outages before those that are listed are spent at the beginning.
  const listed = outages.latest.reduce((sum, { seconds }) => sum + seconds, 0);
  let left = allowed - Math.max(0, errorBudget.spentSeconds - listed);
  const points = [{ at: start, value: (left / allowed) * 100 }];
  for (const outage of [...outages.latest].reverse()) {
    points.push({ at: Date.parse(outage.from), value: (left / allowed) * 100 });
    left -= outage.seconds;
    points.push({ at: outage.to === null ? end : Date.parse(outage.to), value: (left / allowed) * 100 });
  }
  return [...points, { at: end, value: (left / allowed) * 100 }];
};

interface ServiceLevelProps {
  readonly service: string;
  readonly period: Period;
  readonly periods: ReactNode;
  readonly download: ReactNode;
}

/** One service: its budget burned down, its outages, and the periods before. */
export const ServiceLevel = ({ service, period, periods, download }: ServiceLevelProps) => {
  useTitle(`SLA of ${service}`);
  const go = useGo();
  const isNarrow = useIsNarrow();
  const { data, error, refetch } = useSla({ period, periods: COUNTS[period], service });
  const reports = data?.items ?? [];
  const present = reports.at(-1);
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: 'SLA', href: '/sla' },
          { text: service, href: '#' },
        ]}
        ariaLabel="Where this page is"
        onFollow={go}
      />
      <Header variant="h1" actions={download}>
        <span className="wrap">{service}</span>
      </Header>
      {periods}
      {present ? (
        <SpaceBetween size="l">
          <Container
            header={
              <Header variant="h2" description={`Target ${percentText(present.target.uptimePercent)}`}>
                Error budget of {periodText(period, present)}
              </Header>
            }
          >
            <SpaceBetween size="m">
              <LevelMark report={present} />
              <BudgetBar report={present} />
              <Suspense fallback={<Loading />}>
                <TimeChart
                  lines={[{ title: 'Budget left', points: burnDown(present) }]}
                  from={Date.parse(present.from)}
                  to={Date.parse(present.to)}
                  label="What is left of the error budget"
                  format={(value) => `${Math.round(value)} %`}
                  limits={[{ title: 'Used up', value: 0 }]}
                  empty="The target allows no time to be down."
                />
              </Suspense>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2">Outages</Header>}>
            {present.outages.latest.length === 0 ? (
              <Box color="text-body-secondary">None in this period.</Box>
            ) : (
              <ul className="lines">
                {present.outages.latest.map(({ from, to, seconds }) => (
                  <li key={from} className="line">
                    <span>
                      <Instant at={from} /> – {to === null ? 'now' : <Instant at={to} />}
                    </span>
                    <b>{durationText(seconds)}</b>
                  </li>
                ))}
              </ul>
            )}
          </Container>
          <Table
            items={[...reports].reverse()}
            trackBy="from"
            wrapLines
            ariaLabels={{ tableLabel: 'Periods' }}
            header={<Header variant="h2">Periods</Header>}
            columnDefinitions={[
              {
                id: 'period',
                header: 'Period',
                isRowHeader: true,
                cell: (report) => (
                  <div>
                    {periodText(period, report)}
                    {!report.complete && (
                      <Box variant="small" display="block">
                        not over yet
                      </Box>
                    )}
                  </div>
                ),
              },
              { id: 'uptime', header: 'Uptime', cell: (report) => <LevelMark report={report} /> },
              ...(isNarrow
                ? []
                : [
                    {
                      id: 'budget',
                      header: 'Error budget',
                      minWidth: 220,
                      cell: (report: Report) => <BudgetBar report={report} />,
                    },
                    { id: 'outages', header: 'Outages', cell: ({ outages }: Report) => outages.count },
                  ]),
            ]}
          />
        </SpaceBetween>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading text="Loading the service levels" />
      )}
    </SpaceBetween>
  );
};
