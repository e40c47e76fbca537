import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { restrictionText } from '../on-call/words.ts';
import { useCan } from '../session/use-session.ts';
import { Empty } from '../shell/empty.tsx';
import { Failed } from '../shell/failed.tsx';
import { countText, durationText } from '../shell/figures.ts';
import { Loading } from '../shell/loading.tsx';
import { useParam } from '../shell/use-param.ts';
import { POLICIES, usePolicies, type Policy } from './catalogue.ts';
import { PolicyForm } from './policy-form.tsx';
import { Remove } from './remove.tsx';
import { useServices } from './service-select.tsx';
import { targetText, useTargets } from './targets.tsx';

/** When each step is reached, in minutes after the alert opened. */
const startsOf = (steps: Policy['steps']): number[] => {
  let at = 0;
  return steps.map(({ escalateAfterMinutes }) => {
    const start = at;
    at += escalateAfterMinutes;
    return start;
  });
};

const minutesText = (minutes: number): string => (minutes === 0 ? 'At once' : `+ ${durationText(minutes * 60)}`);

const Steps = ({ policy: { steps, repeat, acknowledgementTimeoutMinutes } }: { readonly policy: Policy }) => {
  const { nameOf } = useTargets();
  const starts = startsOf(steps);
  const end = (starts.at(-1) ?? 0) + (steps.at(-1)?.escalateAfterMinutes ?? 0);
  return (
    <ol className="steps">
      {steps.map(({ targets, assignment, hours }, i) => (
        // A step has no identity but its place.
        <li key={`step ${i + 1}`} className="step">
          <div className="step-when">{minutesText(starts[i] ?? 0)}</div>
          <div className="step-what">
            <div className="targets">
              {targets.map((target) => (
                <span key={target.id} className="target">
                  {targetText(target, nameOf)}
                </span>
              ))}
            </div>
            {targets.length > 1 && (
              <Box variant="small">
                {assignment === 'round_robin' ? 'One of them, in turn, who can be reached.' : 'All of them at once.'}
              </Box>
            )}
            {hours && (
              <Box variant="small">
                Only {hours.windows.map((each) => restrictionText(each)).join('; ')} ({hours.timeZone}).
              </Box>
            )}
          </div>
        </li>
      ))}
      <li className="step">
        <div className="step-when">{minutesText(end)}</div>
        <div className="step-what">
          <span>
            {repeat === 0
              ? 'The escalation ends.'
              : `All steps again, ${countText(repeat, 'more time')}. Then the escalation ends.`}
          </span>
          <Box variant="small">
            {acknowledgementTimeoutMinutes === null
              ? 'An acknowledgement holds it for as long as the alert is open.'
              : `An acknowledgement holds it for ${durationText(acknowledgementTimeoutMinutes * 60)}, then all begins again.`}
          </Box>
        </div>
      </li>
    </ol>
  );
};

type Form = 'new' | { readonly edit: Policy } | { readonly remove: Policy };

/** Escalation policies as steps: who is paged, when, and who is next. */
export const Policies = () => {
  const can = useCan();
  const [form, setForm] = useState<Form>();
  const [only] = useParam('policy');
  const { data, error, refetch } = usePolicies();
  const { data: services } = useServices();
  const mayWrite = can('oncall.policy.write');
  const close = (): void => setForm(undefined);
  const usedBy = (id: string): string => {
    const names = services?.items.filter(({ policyId }) => policyId === id).map(({ name }) => name) ?? [];
    const all = [...(id === 'default' ? ['everything for which nothing else is said'] : []), ...names];
    return all.length === 0 ? 'No service names it.' : `Used by ${all.join(', ')}.`;
  };
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading text="Loading policies" />;
  const shown = [...data.items].sort((one, other) => Number(other.id === only) - Number(one.id === only));
  return (
    <SpaceBetween size="l">
      <Header
        variant="h2"
        counter={`(${data.items.length})`}
        description="Whom an alert pages, and who is next while nobody answers."
        actions={mayWrite && <Button onClick={() => setForm('new')}>Add a policy</Button>}
      >
        Escalation policies
      </Header>
      {shown.length === 0 && (
        <Empty action={mayWrite && <Button onClick={() => setForm('new')}>Add the first policy</Button>}>
          There is no policy yet, so nobody is paged.
        </Empty>
      )}
      {shown.map((policy) => (
        <Container
          key={policy.id}
          header={
            <Header
              variant="h3"
              description={<span className="wrap">{usedBy(policy.id)}</span>}
              actions={
                mayWrite && (
                  <SpaceBetween direction="horizontal" size="xs">
                    <Button ariaLabel={`Edit ${policy.name}`} onClick={() => setForm({ edit: policy })}>
                      Edit
                    </Button>
                    <Button ariaLabel={`Delete ${policy.name}`} onClick={() => setForm({ remove: policy })}>
                      Delete
                    </Button>
                  </SpaceBetween>
                )
              }
            >
              <span className="wrap">{policy.name}</span>
            </Header>
          }
        >
          <Steps policy={policy} />
        </Container>
      ))}
      {form === 'new' && <PolicyForm isFirst={data.items.every(({ id }) => id !== 'default')} onClose={close} />}
      {typeof form === 'object' && 'edit' in form && (
        <PolicyForm policy={data.items.find(({ id }) => id === form.edit.id) ?? form.edit} onClose={close} />
      )}
      {typeof form === 'object' && 'remove' in form && (
        <Remove
          what="policy"
          name={form.remove.name}
          means="is deleted. What escalates by it goes on."
          changes={POLICIES}
          act={() => bodyOf(api.DELETE('/api/oncall/policies/{id}', { params: { path: { id: form.remove.id } } }))}
          onClose={close}
        />
      )}
    </SpaceBetween>
  );
};
