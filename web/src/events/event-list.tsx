import Box from '@cloudscape-design/components/box';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { TableProps } from '@cloudscape-design/components/table';
import type { Integration } from '../integrations/integration.ts';
import { countText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { EFFECTS, eventsHref, type EventLine } from './event.ts';

interface EffectProps {
  readonly line: EventLine;
  /** Follows the link by itself where it is not given. */
  readonly onOpen?: (id: string) => void;
}

/** What an event did, which leads to its story. */
const EffectOf = ({ line: { id, effect, why, alert }, onOpen }: EffectProps) => {
  const go = useGo();
  const [type, words] = EFFECTS[effect];
  const text =
    effect === 'repeated' && alert && alert.count > 2
      ? `${words}, the latest of ${countText(alert.count - 1, 'time')}`
      : words;
  return (
    <>
      <StatusIndicator type={type}>
        {id === null ? (
          text
        ) : (
          <Link
            href={eventsHref({ event: id })}
            onFollow={(event) => {
              if (!onOpen) return go(event);
              event.preventDefault();
              onOpen(id);
            }}
          >
            {text}
          </Link>
        )}
      </StatusIndicator>
      {why !== null && <div className="wrap">{why}</div>}
    </>
  );
};

const AlertOf = ({ alert }: Pick<EventLine, 'alert'>) => {
  const go = useGo();
  if (!alert) return <span className="soft">It opened none</span>;
  return (
    <div className="wrap clamp" title={alert.title}>
      <Link href={`/alerts?state=all&alert=${alert.id}`} onFollow={go}>
        {alert.title}
      </Link>
    </div>
  );
};

interface SenderProps {
  readonly line: EventLine;
  readonly senders: readonly Integration[];
  readonly isSmall?: boolean;
}

const SenderOf = ({ line: { integration, alert }, senders, isSmall = false }: SenderProps) => {
  const go = useGo();
  const sender = senders.find(({ id }) => id === integration);
  if (!sender) return <span className="wrap">{alert?.source ?? integration ?? '–'}</span>;
  return (
    <span className="wrap">
      <Link href={`/configuration/integrations/${sender.id}`} fontSize={isSmall ? 'body-s' : 'body-m'} onFollow={go}>
        {sender.name}
      </Link>
    </span>
  );
};

interface Columns {
  readonly isNarrow: boolean;
  /** Beside an open story, or on the page of the integration. */
  readonly isShort: boolean;
  readonly senders: readonly Integration[];
  readonly onOpen?: (id: string) => void;
}

/** The columns of a list of events: when, what, to which alert, from where. */
export const eventColumns = ({
  isNarrow,
  isShort,
  senders,
  onOpen,
}: Columns): TableProps.ColumnDefinition<EventLine>[] => {
  const effect = (line: EventLine) => <EffectOf line={line} {...(onOpen && { onOpen })} />;
  if (isNarrow) {
    return [
      {
        id: 'event',
        header: 'Event',
        isRowHeader: true,
        cell: (line) => (
          <div>
            {effect(line)}
            {line.alert && <AlertOf alert={line.alert} />}
            <Box variant="small">
              <Instant at={line.at} /> · <SenderOf line={line} senders={senders} isSmall />
            </Box>
          </div>
        ),
      },
    ];
  }
  return [
    { id: 'at', header: 'When', width: 190, cell: ({ at }) => <Instant at={at} /> },
    { id: 'effect', header: 'What it did', width: 250, isRowHeader: true, cell: effect },
    { id: 'alert', header: 'Alert', minWidth: 220, cell: AlertOf },
    ...(isShort
      ? []
      : [
          {
            id: 'from',
            header: 'From',
            width: 200,
            cell: (line: EventLine) => <SenderOf line={line} senders={senders} />,
          },
        ]),
  ];
};
