import './sla.css';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { countText, durationText, msText, percentText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { saveFile } from '../shell/save-file.ts';
import { useAction } from '../shell/use-action.ts';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { useParam } from '../shell/use-param.ts';
import { useTitle } from '../shell/use-title.ts';
import { BudgetBar, leftOf } from './budget.tsx';
import { ServiceLevel } from './service-level.tsx';
import { readSlaCsv, useSla, type Period, type Report } from './use-sla.ts';

const PERIODS = [
  { id: 'day', text: 'Day' },
  { id: 'week', text: 'Week' },
  { id: 'month', text: 'Month' },
  { id: 'quarter', text: 'Quarter' },
  { id: 'year', text: 'Year' },
] as const satisfies readonly { readonly id: Period; readonly text: string }[];

const isPeriod = (text: string): text is Period => PERIODS.some(({ id }) => id === text);

export const LevelMark = ({ report: { uptimePercent, met } }: { readonly report: Report }) =>
  uptimePercent === null ? (
    <Box color="text-body-secondary">Not observed</Box>
  ) : (
    <StatusIndicator type={met === false ? 'error' : 'success'}>{percentText(uptimePercent)}</StatusIndicator>
  );

const ResponseTime = ({ report: { responseTime, target } }: { readonly report: Report }) =>
  responseTime.p95Ms === null ? (
    <Box color="text-body-secondary">–</Box>
  ) : (
    <div>
      <StatusIndicator type={responseTime.met === false ? 'warning' : 'success'}>
        {msText(responseTime.p95Ms)}
      </StatusIndicator>
      <Box variant="small" display="block">
        target {msText(target.responseTimeMs)}
      </Box>
    </div>
  );

const Outages = ({ report: { outages } }: { readonly report: Report }) =>
  outages.count === 0 ? (
    <Box color="text-body-secondary">None</Box>
  ) : (
    <span>
      {countText(outages.count, 'outage')}, the longest {durationText(outages.longestSeconds)}
    </span>
  );

/** What is worst comes first: beyond the target, then the least budget. */
const worstFirst = (one: Report, other: Report): number =>
  Number(one.met ?? true) - Number(other.met ?? true) ||
  leftOf(one) - leftOf(other) ||
  (one.service ?? '').localeCompare(other.service ?? '');

/** The service levels of a period against their targets, or one service over periods. */
export const Sla = () => {
  useTitle('SLA');
  const go = useGo();
  const can = useCan();
  const isNarrow = useIsNarrow();
  const [wanted, setPeriod] = useParam('period', 'month');
  const [service] = useParam('service');
  const period = isPeriod(wanted) ? wanted : 'month';
  const { data, error, refetch } = useSla({ period, periods: 1 });
  const save = useAction({
    act: () => readSlaCsv({ period, periods: 1, ...(service !== '' && { service }) }),
    changes: [],
    then: (text) => saveFile(`sla-${period}.csv`, 'text/csv', text),
  });
  const name: TableProps.ColumnDefinition<Report> = {
    id: 'service',
    header: 'Service',
    isRowHeader: true,
    minWidth: 180,
    cell: (report) => (
      <div>
        <div className="wrap clamp">
          <Link
            href={`/sla?service=${encodeURIComponent(report.service ?? '')}${period === 'month' ? '' : `&period=${period}`}`}
            onFollow={go}
          >
            {report.service ?? 'Without a service'}
          </Link>
        </div>
        {isNarrow && (
          <SpaceBetween size="xxs">
            <LevelMark report={report} />
            <BudgetBar report={report} />
          </SpaceBetween>
        )}
      </div>
    ),
  };
  const wide: TableProps.ColumnDefinition<Report>[] = [
    {
      id: 'uptime',
      header: 'Uptime',
      width: 170,
      cell: (report) => (
        <div>
          <LevelMark report={report} />
          <Box variant="small" display="block">
            target {percentText(report.target.uptimePercent)}
          </Box>
        </div>
      ),
    },
    { id: 'budget', header: 'Error budget', minWidth: 220, cell: (report) => <BudgetBar report={report} /> },
    { id: 'outages', header: 'Outages', width: 230, cell: (report) => <Outages report={report} /> },
    { id: 'time', header: '95 % answer within', width: 180, cell: (report) => <ResponseTime report={report} /> },
  ];
  const periods = (
    <SegmentedControl
      label="Period"
      selectedId={period}
      options={PERIODS}
      onChange={({ detail }) => setPeriod(detail.selectedId)}
    />
  );
  const download = (
    <Button iconName="download" loading={save.isPending} onClick={() => save.mutate()}>
      Download CSV
    </Button>
  );
  if (service !== '') return <ServiceLevel service={service} period={period} periods={periods} download={download} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Of the present period, by your clock." actions={download}>
        SLA
      </Header>
      {periods}
      {error && !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Table
          items={[...(data?.items ?? [])].sort(worstFirst)}
          trackBy={({ service: of }) => of ?? ''}
          wrapLines
          loading={!data}
          loadingText="Loading service levels"
          ariaLabels={{ tableLabel: 'Service levels' }}
          columnDefinitions={[name, ...(isNarrow ? [] : wide)]}
          header={
            <Header
              variant="h2"
              counter={`(${data?.items.length ?? 0})`}
              description="Maintenance and times in which nothing was observed count neither way."
            >
              Service levels
            </Header>
          }
          empty={
            <Empty
              action={
                can('monitoring.config.read') && (
                  <Button href="/monitors" onFollow={go}>
                    Open the monitors
                  </Button>
                )
              }
            >
              No monitor has a service yet whose level is reported here.
            </Empty>
          }
        />
      )}
    </SpaceBetween>
  );
};
