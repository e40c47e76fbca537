import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { SeverityBadge } from '../alerts/severity.tsx';
import type { Schemas } from '../api/client.ts';

type Mapped = Schemas['MappedEvent'];

const ACTIONS: Readonly<Record<Mapped['action'], readonly [StatusIndicatorProps.Type, string]>> = {
  trigger: ['success', 'Opens an alert, or counts onto it'],
  acknowledge: ['info', 'Acknowledges the alert'],
  resolve: ['success', 'Resolves the alert'],
  ignore: ['stopped', 'Ignored'],
  reject: ['error', 'Rejected'],
};

const Pairs = ({ of }: { readonly of: Readonly<Record<string, string>> }) => (
  <>
    {Object.entries(of).map(([name, value]) => (
      <div key={name} className="wrap">
        <b>{name}</b> {value}
      </div>
    ))}
  </>
);

const Made = ({ event }: { readonly event: NonNullable<Mapped['event']> }) => (
  <KeyValuePairs
    columns={2}
    items={[
      { label: 'Title', value: <span className="wrap">{event.title}</span> },
      { label: 'Severity', value: <SeverityBadge severity={event.severity} /> },
      { label: 'Key', value: <span className="wrap">{event.dedupKey}</span> },
      { label: 'Service', value: <span className="wrap">{event.service ?? '–'}</span> },
      ...(event.description === ''
        ? []
        : [{ label: 'Description', value: <span className="wrap clamp">{event.description}</span> }]),
      ...(Object.keys(event.labels).length === 0 ? [] : [{ label: 'Labels', value: <Pairs of={event.labels} /> }]),
    ]}
  />
);

/** What becomes of one event of a sample, and what each part of the mapping came to. */
export const Outcome = ({ mapped, name }: { readonly mapped: Mapped; readonly name: string }) => {
  const [type, words] = ACTIONS[mapped.action];
  return (
    <section aria-label={name}>
      <SpaceBetween size="xs">
        <StatusIndicator type={type}>{words}</StatusIndicator>
        {mapped.why !== undefined && <div className="wrap">{mapped.why}</div>}
        {mapped.event ? (
          <Made event={mapped.event} />
        ) : (
          mapped.dedupKey !== undefined && (
            <div className="wrap">
              Key: <b>{mapped.dedupKey}</b>
            </div>
          )
        )}
        {mapped.steps.length > 0 && (
          <ExpandableSection headerText="What each part came to">
            <ol className="mapping-steps">
              {mapped.steps.map((step, i) => (
                // A part may occur twice; its place is what it is.
                <li key={`${step.name} ${i + 1}`} className="wrap">
                  <code>{step.name}</code>{' '}
                  {step.value === null ? <Box variant="small">finds nothing</Box> : <span>{step.value}</span>}
                </li>
              ))}
            </ol>
          </ExpandableSection>
        )}
      </SpaceBetween>
    </section>
  );
};
