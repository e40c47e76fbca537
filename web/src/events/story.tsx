import './events.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { takesMapping, usePresets, type Integration } from '../integrations/integration.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { countText, durationText, msText } from '../shell/figures.ts';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { SidePanel } from '../shell/side-panel.tsx';
import { useIsNarrow } from '../shell/use-is-narrow.ts';
import { eventsHref, STEPS, useReceipt, useSenders, type Receipt } from './event.ts';
import { Sentence } from './sentence.tsx';

interface Line {
  readonly at: string | null;
  readonly step: keyof typeof STEPS;
  readonly text: ReactNode;
}

/** The names of what a receipt names by id. */
const useNamesIn = ({ routing }: Receipt): ReadonlyMap<string, string> => {
  const isAllowed = useCan()('oncall.read');
  const id = routing?.policyId ?? '';
  const { data } = useQuery({
    queryKey: ['policies', id],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/oncall/policies/{id}', { params: { path: { id } }, signal })),
    enabled: isAllowed && id !== '',
    retry: false,
  });
  return new Map(data ? [[id, data.name]] : []);
};

/** What a mapping made of the message, where a mapping took it apart. */
const useMapped = ({ acceptedAt, action, alert }: Receipt, sender: Integration | undefined): readonly Line[] => {
  const presets = usePresets(sender !== undefined).data?.items;
  if (!sender || !alert || !presets || !takesMapping(presets, sender.type)) return [];
  const text = `The mapping of ${sender.name} made it “${action}”, with the key “${alert.dedupKey}”.`;
  return [{ at: acceptedAt, step: 'mapped', text }];
};

const Timeline = ({ lines, from }: { readonly lines: readonly Line[]; readonly from: string }) => (
  <ol className="story" aria-label="What became of it">
    {lines.map(({ at, step, text }, place) => {
      const [type, word] = STEPS[step];
      const after = at === null ? 0 : Date.parse(at) - Date.parse(from);
      return (
        // The steps of a receipt keep their places.
        <li key={`${step} ${place + 1}`}>
          <div className="row">
            <StatusIndicator type={type}>
              <b>{word}</b>
            </StatusIndicator>
            {at !== null && (
              <Box variant="small">
                {place === 0 ? (
                  <Instant at={at} seconds />
                ) : after > 0 ? (
                  `${after < 60_000 ? msText(after) : durationText(after / 1000)} later`
                ) : (
                  'at once'
                )}
              </Box>
            )}
          </div>
          <div className="wrap">{text}</div>
        </li>
      );
    })}
  </ol>
);

/** What a person came for: was anybody paged? */
const Verdict = ({ receipt }: { readonly receipt: Receipt }) => {
  const { whyNobody, pages, state, story } = receipt;
  const names = useNamesIn(receipt);
  if (state === 'waiting')
    return <Alert type="warning">It is stored, and waits until the table of alerts takes writes again.</Alert>;
  if (whyNobody !== null) {
    return (
      <Alert type="info" header="Nobody was paged">
        <Sentence text={whyNobody} names={names} />
      </Alert>
    );
  }
  const sent = new Set(pages.filter(({ status }) => status === 'sent').map((page) => page.userId ?? page.targetId));
  if (sent.size > 0)
    return <Alert type="success">{sent.size === 1 ? '1 person was paged.' : `${sent.size} people were paged.`}</Alert>;
  return story.some(({ step }) => step === 'planned') ? <Alert type="info">A page is on its way.</Alert> : null;
};

const Parts = ({ events, onOpen }: { readonly events: Receipt['events']; readonly onOpen: (id: string) => void }) => (
  <div>
    <Header variant="h3" counter={`(${events.length})`}>
      Events of the request
    </Header>
    <ul className="lines">
      {events.map(({ id, action, alert }) => (
        <li key={id} className="wrap">
          <Link
            href={eventsHref({ event: id })}
            onFollow={(event) => {
              event.preventDefault();
              onOpen(id);
            }}
          >
            {alert?.title ?? 'No alert'}
          </Link>{' '}
          <Box variant="small" display="inline">
            {action}
          </Box>
        </li>
      ))}
    </ul>
  </div>
);

const Shown = ({ receipt, onOpen }: { readonly receipt: Receipt; readonly onOpen: (id: string) => void }) => {
  const go = useGo();
  const isNarrow = useIsNarrow();
  const names = useNamesIn(receipt);
  const senders = useSenders();
  const { id, acceptedAt, action, alert, story, events, change } = receipt;
  const sender = alert ? senders.find(({ source }) => source === alert.source) : undefined;
  const mapped = useMapped(receipt, sender);
  const [first, ...rest] = story.map(({ at, step, text }): Line => ({
    at,
    step,
    text: <Sentence text={text} names={names} />,
  }));
  return (
    <SpaceBetween size="l">
      <Box variant="h3" tagOverride={isNarrow ? 'h2' : 'h3'} padding="n">
        <span className="wrap">{alert?.title ?? change?.summary ?? `An event: ${action}`}</span>
      </Box>
      <Verdict receipt={receipt} />
      {first && <Timeline lines={[first, ...mapped, ...rest]} from={acceptedAt} />}
      {events.length > 0 && <Parts events={events} onOpen={onOpen} />}
      <KeyValuePairs
        columns={2}
        items={[
          ...(alert
            ? [
                {
                  label: 'Alert',
                  value: (
                    <Link href={`/alerts?state=all&alert=${alert.id}`} onFollow={go}>
                      Open the alert
                    </Link>
                  ),
                },
                {
                  label: 'Its events',
                  value: (
                    <Link href={eventsHref({ alert: alert.id })} onFollow={go}>
                      {countText(alert.count, 'report')}
                    </Link>
                  ),
                },
                {
                  label: 'From',
                  value: sender ? (
                    <Link href={`/configuration/integrations/${sender.id}`} onFollow={go}>
                      <span className="wrap">{sender.name}</span>
                    </Link>
                  ) : (
                    <span className="wrap">{alert.source}</span>
                  ),
                },
                { label: 'Key of the problem', value: <span className="wrap">{alert.dedupKey}</span> },
              ]
            : []),
          {
            label: 'Id of the event',
            value: (
              <CopyToClipboard
                variant="inline"
                textToCopy={id}
                textToDisplay={id.length > 40 ? `${id.slice(0, 36)}…` : id}
                copyButtonAriaLabel="Copy the id of the event"
                copySuccessText="Copied"
                copyErrorText="The browser did not copy it. Mark it and copy it by hand."
              />
            ),
          },
        ]}
      />
    </SpaceBetween>
  );
};

interface StoryProps {
  readonly id: string;
  readonly onOpen: (id: string) => void;
}

/** One event from its receipt to the phone: what each step made of it, and who was paged, or why not. */
export const Story = ({ id, onOpen }: StoryProps) => {
  const { data, error, refetch } = useReceipt(id);
  return (
    <SidePanel title="Event">
      {data ? (
        <Shown receipt={data} onOpen={onOpen} />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading text="Reading what became of it" />
      )}
    </SidePanel>
  );
};
