import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { nameIn, usePolicies } from '../services/catalogue.ts';
import { RoutingResult } from '../services/try-event.tsx';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useSilencesOf, type Silence } from '../silences/silence.ts';

type Alert = Schemas['Alert'];

/** As the backend routes an event. */
const eventOf = ({ title, description, severity, source, service, team, dedupKey, labels, annotations }: Alert) => ({
  title,
  description,
  severity,
  source,
  service,
  team,
  dedupKey,
  labels,
  annotations,
});

const Decision = ({ alert }: { readonly alert: Alert }) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['routing', 'of', alert.id, alert.severity, alert.service],
    queryFn: ({ signal }) =>
      bodyOf(api.POST('/api/routing/test', { body: { event: eventOf(alert), at: alert.firstSeenAt }, signal })),
  });
  if (!data) return error ? <Failed error={error} onRetry={() => void refetch()} /> : <Loading />;
  return (
    <SpaceBetween size="xs">
      <RoutingResult answer={data} />
      <Box variant="small">
        This is what the rules that are saved now make of the alert as it is, at the time at which it opened.
      </Box>
    </SpaceBetween>
  );
};

interface FollowedProps {
  readonly escalation: Schemas['Escalation'] | undefined;
}

/** The policy that the escalation follows, as it was when it began. */
const Followed = ({ escalation }: FollowedProps) => {
  const go = useGo();
  const { data } = usePolicies();
  if (!escalation) return null;
  const { policyId, policyVersion, urgency, round, loop, step, nextAt } = escalation;
  const place = `step ${step + 1}${loop > 0 ? ` of loop ${loop + 1}` : ''}${round > 0 ? `, round ${round + 1}` : ''}`;
  return (
    <div className="wrap">
      It follows{' '}
      <Link href="/services?part=escalation" onFollow={go}>
        {nameIn(data?.items, policyId)}
      </Link>
      , version {policyVersion}, with {urgency} urgency.{nextAt !== null && ` Next is ${place}.`}
    </div>
  );
};

/** Which rule and policy decided about an alert, who follows from that, and why not somebody else. */
export const Routing = ({ alert, escalation }: FollowedProps & { readonly alert: Alert }) => {
  const can = useCan();
  const [isOpen, setOpen] = useState(false);
  if (!can('oncall.read')) return null;
  return (
    <div>
      <Header variant="h3">Routing</Header>
      <SpaceBetween size="xs">
        <Followed escalation={escalation} />
        <ExpandableSection
          headerText="Which rule decided, and why"
          expanded={isOpen}
          onChange={({ detail }) => setOpen(detail.expanded)}
        >
          {isOpen && <Decision alert={alert} />}
        </ExpandableSection>
      </SpaceBetween>
    </div>
  );
};

/** What is done about silences is asked on the page: the panel may move from its side to below it, and would lose what was typed. */
export interface SilenceWishes {
  readonly onSilence: (alert: Alert) => void;
  readonly onEndSilence: (silence: Silence) => void;
}

/** The silences that mute an alert, and the way to another one. */
export const SilencesOf = ({ alert, onSilence, onEndSilence }: SilenceWishes & { readonly alert: Alert }) => {
  const mayWrite = useCan()('monitoring.alert.acknowledge');
  const { data } = useSilencesOf(alert.id);
  const silences = data?.items ?? [];
  return (
    <SpaceBetween size="xs">
      {silences.map((silence) => (
        <div key={silence.id} className="row">
          <div className="wrap">
            <StatusIndicator type="stopped">Silenced</StatusIndicator> by {silence.createdBy}, ends{' '}
            <Instant at={silence.endsAt} ago />
            {silence.comment !== '' && (
              <Box variant="small" display="block">
                {silence.comment}
              </Box>
            )}
          </div>
          {mayWrite && <Button onClick={() => onEndSilence(silence)}>End the silence</Button>}
        </div>
      ))}
      {mayWrite && silences.length === 0 && alert.status !== 'resolved' && (
        <Button onClick={() => onSilence(alert)}>Silence alerts like this</Button>
      )}
    </SpaceBetween>
  );
};
