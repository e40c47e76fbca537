import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useId, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import { restrictionText } from '../on-call/words.ts';
import { useCan } from '../session/use-session.ts';
import { Failed } from '../shell/failed.tsx';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { useUnsaved } from '../shell/unsaved.ts';
import { useAction } from '../shell/use-action.ts';
import { nameIn, optionsOf, ROUTING, usePolicies, useRouting, type Routing, type RoutingRule } from './catalogue.ts';
import { noiseWords } from './noise-fields.tsx';
import { RuleForm } from './rule-form.tsx';
import { TryEvent } from './try-event.tsx';

type Condition = NonNullable<RoutingRule['conditions']>[number];

const TESTS = { is: 'is', like: 'is like', exists: 'is there' } as const;
const NOT = { is: 'is not', like: 'is not like', exists: 'is missing' } as const;

const conditionText = ({ field, test, values = [], not }: Condition): string =>
  `${field} ${(not ? NOT : TESTS)[test]}${test === 'exists' ? '' : ` ${values.join(' or ')}`}`;

/** What a rule says of an event, each in a few words. */
const saidBy = (
  { set = {}, suppress, continue: goesOn }: RoutingRule,
  policyName: (id: string) => string,
): string[] => [
  ...(suppress ? ['pages nobody'] : []),
  ...(set.service === undefined ? [] : [`service ${set.service}`]),
  ...(set.severity === undefined ? [] : [`severity ${set.severity}`]),
  ...(set.urgency === undefined ? [] : [set.urgency === 'high' ? 'wakes people' : 'can wait']),
  ...(set.policyId === undefined ? [] : [`policy ${policyName(set.policyId)}`]),
  ...(goesOn ? ['the next rules count, too'] : []),
];

interface RuleLineProps {
  readonly rule: RoutingRule;
  readonly place: number;
  readonly policyName: (id: string) => string;
  readonly onEdit?: (() => void) | undefined;
  readonly onRemove?: (() => void) | undefined;
  readonly onUp?: (() => void) | undefined;
}

const RuleLine = ({ rule, place, policyName, onEdit, onRemove, onUp }: RuleLineProps) => {
  const { name, enabled, conditions = [], hours } = rule;
  return (
    <li className="rule">
      <span className="rule-number">{place + 1}</span>
      <div>
        <div className="wrap">
          <b>{name}</b> {!enabled && <Badge>off</Badge>}
        </div>
        <div className="wrap">
          {conditions.length === 0 ? 'Every event' : `If ${conditions.map(conditionText).join(', and ')}`}
          {hours && ` (${hours.windows.map((each) => restrictionText(each as never)).join('; ')}, ${hours.timeZone})`}
          <span className="soft">
            {' '}
            → {[...saidBy(rule, policyName), ...noiseWords(rule.noise ?? {})].join(', ') || 'nothing changes'}
          </span>
        </div>
      </div>
      {onEdit && (
        <div className="rule-actions">
          {onUp && <Button iconName="angle-up" variant="icon" ariaLabel={`Move ${name} up`} onClick={onUp} />}
          <Button iconName="edit" variant="icon" ariaLabel={`Edit ${name}`} onClick={onEdit} />
          <Button iconName="remove" variant="icon" ariaLabel={`Delete ${name}`} onClick={onRemove} />
        </div>
      )}
    </li>
  );
};

interface EditedProps {
  readonly routing: Routing;
}

/** The rules as they are edited: they are saved together, since their order counts. */
const Edited = ({ routing }: EditedProps) => {
  const can = useCan();
  const { data: policies } = usePolicies();
  const mayWrite = can('oncall.routing.write');
  const [draft, setDraft] = useState<{
    readonly version: number;
    readonly rules: readonly RoutingRule[];
    readonly catchAll: string;
  }>();
  const [form, setForm] = useState<number | 'new'>();
  const rules = draft?.rules ?? (routing.rules as unknown as readonly RoutingRule[]);
  const catchAll = draft?.catchAll ?? routing.catchAll.policyId;
  const change = (next: Partial<NonNullable<typeof draft>>): void =>
    setDraft({ version: routing.version, rules, catchAll, ...draft, ...next });
  const save = useAction({
    act: () =>
      bodyOf(
        api.PUT('/api/routing', {
          body: { version: draft?.version ?? routing.version, rules: [...rules], catchAll: { policyId: catchAll } },
        }),
      ),
    changes: [ROUTING],
    done: () => 'The rules are saved. They count for alerts that open from now on.',
    then: () => setDraft(undefined),
  });
  useUnsaved(useId(), draft !== undefined, save.isPending);
  const policyName = (id: string): string => nameIn(policies?.items, id);
  const options = optionsOf(policies?.items);
  const isOvertaken = draft !== undefined && draft.version !== routing.version;
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${rules.length})`}
          description="In order: the first rule that holds decides, unless it says to continue."
          actions={mayWrite && <Button onClick={() => setForm('new')}>Add a rule</Button>}
        >
          Routing rules
        </Header>
      }
    >
      <SpaceBetween size="m">
        {draft && (
          <Alert
            type={isOvertaken ? 'warning' : 'info'}
            action={
              <SpaceBetween direction="horizontal" size="xs">
                <Button variant="link" onClick={() => setDraft(undefined)}>
                  Discard
                </Button>
                <Button variant="primary" loading={save.isPending} onClick={() => save.mutate()}>
                  Save the rules
                </Button>
              </SpaceBetween>
            }
          >
            {isOvertaken
              ? 'Somebody else has saved rules meanwhile. Discard yours to see theirs.'
              : 'Your changes are not saved yet.'}
          </Alert>
        )}
        {rules.length === 0 && (
          <Box color="text-body-secondary">
            No rule yet. Alerts follow the policy of their service, and everything else the policy below.
          </Box>
        )}
        <ol className="lines">
          {rules.map((rule, i) => (
            <RuleLine
              // A rule has no identity but its place.
              key={`rule ${i + 1}`}
              rule={rule}
              place={i}
              policyName={policyName}
              {...(mayWrite && {
                onEdit: () => setForm(i),
                onRemove: () => change({ rules: rules.filter((_, place) => place !== i) }),
                onUp:
                  i === 0
                    ? undefined
                    : () =>
                        change({
                          rules: rules.map(
                            (each, place) => (place === i - 1 ? rules[i] : place === i ? rules[i - 1] : each) ?? each,
                          ),
                        }),
              })}
            />
          ))}
        </ol>
        <div className="row">
          <span>Everything else follows</span>
          {mayWrite ? (
            <Select
              selectedOption={options.find(({ value }) => value === catchAll) ?? { value: catchAll, label: catchAll }}
              options={options}
              ariaLabel="The policy of everything else"
              empty="There is no policy yet."
              onChange={({ detail }) => change({ catchAll: detail.selectedOption.value ?? catchAll })}
            />
          ) : (
            <b className="wrap">{policyName(catchAll)}</b>
          )}
        </div>
        {routing.changedAt !== null && (
          <Box variant="small">
            Version {routing.version}, saved by {routing.changedBy?.name} <Instant at={routing.changedAt} ago />
          </Box>
        )}
      </SpaceBetween>
      {form !== undefined && (
        <RuleForm
          {...(form !== 'new' && rules[form] && { rule: rules[form] })}
          onClose={() => setForm(undefined)}
          onDone={(rule) => {
            change({
              rules: form === 'new' ? [...rules, rule] : rules.map((each, i) => (i === form ? rule : each)),
            });
            setForm(undefined);
          }}
        />
      )}
    </Container>
  );
};

/** Which way an event goes, and a try of it. */
export const RoutingRules = () => {
  const { data, error, refetch } = useRouting();
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading text="Loading the rules" />;
  return (
    <div className="columns">
      <div>
        <Edited routing={data} />
      </div>
      <div>
        <TryEvent />
      </div>
    </div>
  );
};
