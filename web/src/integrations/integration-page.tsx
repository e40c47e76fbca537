import './integrations.css';
import Box from '@cloudscape-design/components/box';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { Remove } from '../services/remove.tsx';
import { LastEvents } from '../events/last-events.tsx';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useTitle } from '../shell/use-title.ts';
import { EditIntegration, RotateKey, SwitchIntegration } from './change.tsx';
import { Connect } from './connect.tsx';
import { INTEGRATIONS, takesMapping, titleOf, useIntegration, usePresets, type Integration } from './integration.ts';
import { MappingPart } from './mapping-part.tsx';
import { RefusedMessage } from './refused-message.tsx';
import { RejectedEvents } from './rejected-events.tsx';
import { numberText } from '../shell/figures.ts';

const Keys = ({ keys }: Pick<Integration, 'keys'>) => (
  <ul className="lines">
    {keys.map(({ hint, createdAt, validUntil }) => (
      <li key={createdAt + hint}>
        <code>{hint}</code>, made <Instant at={createdAt} ago />
        {validUntil !== null && (
          <>
            , ends <Instant at={validUntil} ago />
          </>
        )}
      </li>
    ))}
  </ul>
);

const Facts = ({ integration }: { readonly integration: Integration }) => {
  const go = useGo();
  const { source, service, team, defaultSeverity, eventsPerMinute, lastEventAt, accepted, rejected, keys } =
    integration;
  return (
    <Container header={<Header variant="h2">Facts</Header>}>
      <KeyValuePairs
        columns={2}
        items={[
          {
            label: 'Last event',
            value: lastEventAt === null ? 'None yet' : <Instant at={lastEventAt} ago />,
          },
          { label: 'Events', value: `${numberText(accepted)} taken, ${numberText(rejected)} rejected` },
          {
            label: 'Its alerts',
            value: (
              <Link href={`/alerts?filter=${encodeURIComponent(`source=${source}`)}`} onFollow={go}>
                <span className="wrap">{source}</span>
              </Link>
            ),
          },
          { label: 'Service', value: <span className="wrap">{service ?? 'As the event says'}</span> },
          ...(team === null ? [] : [{ label: 'Team', value: <span className="wrap">{team}</span> }]),
          { label: 'Severity', value: `${defaultSeverity}, where the event has none` },
          { label: 'Limit', value: `${numberText(eventsPerMinute)} events a minute` },
          { label: keys.length > 1 ? 'Keys' : 'Key', value: <Keys keys={keys} /> },
        ]}
      />
    </Container>
  );
};

const Rejected = ({ samples }: { readonly samples: Integration['rejectedSamples'] }) => (
  <Container
    header={
      <Header
        variant="h2"
        counter={samples.length > 0 ? `(${samples.length})` : undefined}
        description="The latest messages that were refused, without their keys."
      >
        Rejected
      </Header>
    }
  >
    {samples.length === 0 ? (
      <Box color="text-body-secondary">Nothing was rejected.</Box>
    ) : (
      <ul className="lines">
        {samples.map(({ at, reason, body }, i) => (
          // Two of one moment differ by their place.
          <li key={`${at} ${i + 1}`}>
            <StatusIndicator type="error">
              <span className="wrap">{reason}</span>
            </StatusIndicator>
            <Box variant="small" display="block">
              <Instant at={at} ago />
            </Box>
            <RefusedMessage at={at} body={body} />
          </li>
        ))}
      </ul>
    )}
  </Container>
);

type Form = 'edit' | 'rotate' | 'switch' | 'delete';

const Shown = ({ integration }: { readonly integration: Integration }) => {
  const { id, name, type, enabled, rejectedSamples } = integration;
  useTitle(name);
  const go = useGo();
  const navigate = useNavigate();
  const mayChange = useCan()('monitoring.config.update');
  const presets = usePresets().data?.items;
  const [form, setForm] = useState<Form>();
  const [keyText, setKeyText] = useState<string>();
  const close = (): void => setForm(undefined);
  return (
    <SpaceBetween size="l">
      <BreadcrumbGroup
        items={[
          { text: 'Integrations', href: '/configuration' },
          { text: name, href: `/configuration/integrations/${id}` },
        ]}
        ariaLabel="Where this page is"
        onFollow={go}
      />
      <Header
        variant="h1"
        description={titleOf(presets, type)}
        info={!enabled && <StatusIndicator type="stopped">Disabled</StatusIndicator>}
        actions={
          mayChange && (
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setForm('rotate')}>Rotate the key</Button>
              <Button onClick={() => setForm('edit')}>Edit</Button>
              <ButtonDropdown
                items={[
                  { id: 'switch', text: enabled ? 'Disable' : 'Enable' },
                  { id: 'delete', text: 'Delete' },
                ]}
                onItemClick={({ detail }) => setForm(detail.id as Form)}
              >
                More
              </ButtonDropdown>
            </SpaceBetween>
          )
        }
      >
        <span className="wrap">{name}</span>
      </Header>
      <div className="columns">
        <div>
          <Container header={<Header variant="h2">Connect</Header>}>
            <Connect type={type} keyText={keyText} />
          </Container>
          <LastEvents integration={id} />
          {presets && !takesMapping(presets, type) && <Rejected samples={rejectedSamples} />}
        </div>
        <div>
          <Facts integration={integration} />
        </div>
      </div>
      {presets && takesMapping(presets, type) && <MappingPart integration={integration} mayChange={mayChange} />}
      {presets && takesMapping(presets, type) && <RejectedEvents integration={integration} mayReplay={mayChange} />}
      {form === 'edit' && <EditIntegration integration={integration} onClose={close} />}
      {form === 'rotate' && <RotateKey integration={integration} onMade={setKeyText} onClose={close} />}
      {form === 'switch' && <SwitchIntegration integration={integration} onClose={close} />}
      {form === 'delete' && (
        <Remove
          what="integration"
          name={name}
          means="is refused within 20 seconds: what still sends with its key opens no alert. Open alerts stay as they are."
          changes={INTEGRATIONS}
          act={async () => {
            await bodyOf(api.DELETE('/api/integrations/{key}', { params: { path: { key: id } } }));
            void navigate('/configuration');
          }}
          onClose={close}
        />
      )}
    </SpaceBetween>
  );
};

/** One integration: where it sends, what came of it, what was rejected and why, and its mapping. */
export const IntegrationPage = () => {
  const { id = '' } = useParams();
  const { data, error, refetch } = useIntegration(id);
  if (data) return <Shown key={id} integration={data} />;
  return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading text="Loading the integration" />;
};
