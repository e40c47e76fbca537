import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Link from '@cloudscape-design/components/link';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, bodyOf } from '../api/client.ts';
import { IntegrationList } from '../integrations/integration-list.tsx';
import { useCan } from '../session/use-session.ts';
import { usePolicies } from '../services/catalogue.ts';
import { targetText, useTargets } from '../services/targets.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { useGo } from '../shell/go.ts';
import { useAction } from '../shell/use-action.ts';
import { useParam } from '../shell/use-param.ts';
import { LinesToCopy } from '../shell/lines-to-copy.tsx';
import { PLACEHOLDERS, snippetsFor, type Keys } from './snippets.ts';

/** Raises an alert of the lowest severity, and shows it. */
const TestAlert = () => {
  const navigate = useNavigate();
  const raise = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/monitoring/alerts', {
          body: TEST,
        }),
      ),
    changes: [['alerts']],
    done: () => 'The test alert is open. It goes the way of any alert: see who is paged.',
    then: (alert) => void navigate('id' in alert ? `/alerts?alert=${alert.id}` : '/alerts'),
  });
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>Send a test alert</Button>
      {isAsking && (
        <FormModal
          title="Send a test alert"
          submit="Send it"
          isBusy={raise.isPending}
          onSubmit={() => raise.mutate()}
          onCancel={() => setAsking(false)}
        >
          <WhoIsPaged />
        </FormModal>
      )}
    </>
  );
};

const TEST = {
  title: 'Test alert from the console',
  description: 'Somebody pressed the button on the page of integrations. Resolve it when you have seen it.',
  severity: 'info',
  labels: { test: 'console' },
  dedupKey: 'console-test',
} as const;

/** Whom the test alert pages, by the rules and policies of now. */
const WhoIsPaged = () => {
  const { data, error } = useQuery({
    queryKey: ['test-alert-route'],
    queryFn: ({ signal }) =>
      bodyOf(api.POST('/api/routing/test', { body: { event: { ...TEST, source: 'manual', service: null } }, signal })),
    staleTime: 0,
  });
  const { data: policies } = usePolicies();
  const { nameOf } = useTargets();
  if (error) return <Box>It goes the way of any alert, and may page the person on call.</Box>;
  if (!data || !policies) return <Box color="text-body-secondary">Looking…</Box>;
  const { decision } = data;
  const policy = policies.items.find(({ id }) => id === decision.policyId);
  const [first] = policy?.steps ?? [];
  if (decision.suppressed || !policy || !first) return <Box>It is a real alert. It pages nobody now.</Box>;
  return (
    <Box>
      It is a real alert, and pages by the policy <b className="wrap">{policy.name}</b>, first{' '}
      <b className="wrap">{first.targets.map((target) => targetText(target, nameOf)).join(', ')}</b>.
    </Box>
  );
};

/** How each client sends to this installation. */
export const Integrations = () => {
  const can = useCan();
  const go = useGo();
  const [client, setClient] = useParam('client', 'curl');
  const [keys, setKeys] = useState<Keys>({});
  const [name, setName] = useState('');
  const snippets = snippetsFor(window.location.origin, keys);
  const snippet = snippets.find(({ id }) => id === client) ?? snippets[0];
  const vendor = snippet?.vendor;
  const keyOf = vendor ?? 'machine';
  const made = keys[keyOf];
  const makeIntegration = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/integrations', {
          body: {
            type: vendor ?? 'pagerduty',
            name: name.trim() || 'console',
            service: null,
            team: null,
            defaultSeverity: 'error',
            severities: {},
            eventsPerMinute: 6_000,
            enabled: true,
          },
        }),
      ),
    changes: [['integrations']],
    done: () => 'The integration is there. Its key is in the lines below, until you leave this page.',
    then: ({ key }) => setKeys((before) => ({ ...before, [keyOf]: key })),
  });
  const make = useAction({
    act: () =>
      bodyOf(
        api.POST('/api/api-keys', {
          body: { name: `${snippet?.client ?? 'client'}, from the console`, permissions: ['integrations.ingest'] },
        }),
      ),
    changes: [['keys']],
    done: () => 'The key is in the lines below. It is shown until you leave this page.',
    then: ({ key }) => setKeys((before) => ({ ...before, machine: key })),
  });
  return (
    <SpaceBetween size="l">
      <IntegrationList />
      <Container
        header={
          <Header
            variant="h2"
            description="Choose a client, and copy the lines into its configuration."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {can('monitoring.write') && <TestAlert />}
                {vendor !== undefined && can('monitoring.config.update') && made === undefined && (
                  <Button
                    variant="primary"
                    loading={makeIntegration.isPending}
                    onClick={() => makeIntegration.mutate()}
                  >
                    Make an integration
                  </Button>
                )}
                {vendor === undefined && can('identity.apikey.write') && made === undefined && (
                  <Button variant="primary" loading={make.isPending} onClick={() => make.mutate()}>
                    Make a key for it
                  </Button>
                )}
              </SpaceBetween>
            }
          >
            Clients
          </Header>
        }
      >
        {snippet && (
          <SpaceBetween size="m">
            <div className="sideways">
              <SegmentedControl
                label="Client"
                selectedId={snippet.id}
                options={snippets.map(({ id, client: text }) => ({ id, text }))}
                onChange={({ detail }) => setClient(detail.selectedId)}
              />
            </div>
            <Box color="text-body-secondary">{snippet.about}</Box>
            {vendor !== undefined && made === undefined && can('monitoring.config.update') && (
              <FormField
                label="Name of the integration"
                description={`Its alerts have the source ${vendor}:${name.trim() || 'console'}.`}
              >
                <Input value={name} placeholder="console" onChange={({ detail }) => setName(detail.value)} />
              </FormField>
            )}
            <LinesToCopy label={`Lines for ${snippet.client}`} text={snippet.text} />
            <Box color="text-body-secondary">
              {made === undefined ? (
                <>
                  Put {vendor === undefined ? 'a machine key' : 'the key of an integration'} in place of{' '}
                  <code>{PLACEHOLDERS[keyOf]}</code> in the lines.
                </>
              ) : (
                'The key can hand in alerts and nothing else. It never expires: revoke it where it is no longer needed.'
              )}{' '}
              {vendor === undefined && (
                <>
                  Keys are listed under{' '}
                  <Link href="/security?part=keys" onFollow={go}>
                    Security
                  </Link>
                  .
                </>
              )}
            </Box>
          </SpaceBetween>
        )}
      </Container>
    </SpaceBetween>
  );
};
