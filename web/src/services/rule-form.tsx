import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { SEVERITIES } from '../alerts/severity.tsx';
import { WindowsField, type Restriction } from '../on-call/windows-field.tsx';
import { ChoiceField, choices, Field, TextField } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { optionsOf, usePolicies, type RoutingRule } from './catalogue.ts';
import { NoiseFields, type Noise } from './noise-fields.tsx';
import { ServiceSelect } from './service-select.tsx';
import { OWN_ZONE } from '../shell/locale.ts';

type Condition = NonNullable<RoutingRule['conditions']>[number];
type Said = NonNullable<RoutingRule['set']>;

const FIELDS = ['title', 'description', 'severity', 'source', 'service', 'team', 'dedupKey'];
const TESTS = [
  { value: 'is', label: 'is' },
  { value: 'is not', label: 'is not' },
  { value: 'like', label: 'is like' },
  { value: 'like not', label: 'is not like' },
  { value: 'exists', label: 'is there' },
  { value: 'exists not', label: 'is missing' },
];
const UNSAID = { value: '', label: 'As it is' };

interface ConditionFieldsProps {
  readonly condition: Condition;
  readonly place: number;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: () => void;
}

const ConditionFields = ({ condition, place, onChange, onRemove }: ConditionFieldsProps) => {
  const { field, test, values = [], not } = condition;
  const [kind = '', label = ''] = /^(labels|annotations)\.(.*)$/s.exec(field)?.slice(1) ?? [];
  const isNamed = kind !== '';
  return (
    <div className="condition-row">
      <div>
        <ChoiceField
          label={`Condition ${place + 1}`}
          value={isNamed ? kind : field}
          options={[
            ...choices(FIELDS),
            { value: 'labels', label: 'a label' },
            { value: 'annotations', label: 'an annotation' },
          ]}
          onChange={(next) =>
            onChange({ ...condition, field: next === 'labels' || next === 'annotations' ? `${next}.` : next })
          }
        />
        {isNamed && (
          <TextField
            label="Its name"
            missing={label === '' && `Name the ${kind === 'labels' ? 'label' : 'annotation'}.`}
            value={label}
            placeholder="environment"
            onChange={(next) => onChange({ ...condition, field: `${kind}.${next}` })}
          />
        )}
      </div>
      <ChoiceField
        label="Test"
        value={not ? `${test} not` : test}
        options={TESTS}
        onChange={(next) => {
          const [of, negated] = next.split(' ');
          const { values: _, ...rest } = condition;
          onChange({
            ...rest,
            test: of as Condition['test'],
            not: negated !== undefined,
            ...(of !== 'exists' && { values: values.length > 0 ? values : [''] }),
          });
        }}
      />
      {test === 'exists' ? (
        <span />
      ) : (
        <TextField
          label="Values, with commas"
          missing={values.every((value) => value.trim() === '') && 'Enter at least one value.'}
          value={values.join(', ')}
          placeholder={test === 'like' ? '*postgres*' : 'staging'}
          onChange={(next) => onChange({ ...condition, values: next.split(',').map((each) => each.trimStart()) })}
        />
      )}
      <Button
        iconName="remove"
        variant="icon"
        formAction="none"
        ariaLabel={`Remove condition ${place + 1}`}
        onClick={onRemove}
      />
    </div>
  );
};

interface RuleFormProps {
  readonly rule?: RoutingRule;
  readonly onDone: (rule: RoutingRule) => void;
  readonly onClose: () => void;
}

/** Makes a routing rule, or changes one. It is saved with the others. */
export const RuleForm = ({ rule, onDone, onClose }: RuleFormProps) => {
  const { data: policies } = usePolicies();
  const [name, setName] = useState(rule?.name ?? '');
  const [isOn, setOn] = useState(rule?.enabled ?? true);
  const [conditions, setConditions] = useState<readonly Condition[]>(rule?.conditions ?? []);
  const [windows, setWindows] = useState<readonly Restriction[]>((rule?.hours?.windows ?? []) as Restriction[]);
  const [set, setSet] = useState<Said>(rule?.set ?? {});
  const [noise, setNoise] = useState<Noise>(rule?.noise ?? {});
  const [suppress, setSuppress] = useState(rule?.suppress ?? false);
  const [goesOn, setGoesOn] = useState(rule?.continue ?? false);
  const say = <K extends keyof Said>(of: K, value: Said[K] | ''): void => {
    const { [of]: _, ...rest } = set;
    setSet(value === '' || value === undefined ? (rest as Said) : ({ ...rest, [of]: value } as Said));
  };
  const replace = (place: number, next?: Condition): void =>
    setConditions(conditions.flatMap((each, i) => (i === place ? (next ? [next] : []) : [each])));
  const done = (): void =>
    onDone({
      name: name.trim(),
      enabled: isOn,
      conditions: conditions.map((condition) =>
        condition.values === undefined
          ? condition
          : { ...condition, values: condition.values.map((value) => value.trim()).filter((value) => value !== '') },
      ),
      hours: windows.length === 0 ? null : { timeZone: rule?.hours?.timeZone ?? OWN_ZONE, windows: [...windows] },
      set,
      ...(Object.keys(noise).length > 0 && { noise }),
      suppress,
      continue: goesOn,
    });
  return (
    <FormModal
      title={rule ? 'Edit the rule' : 'Add a rule'}
      submit="Apply"
      size="large"
      isBusy={false}
      onSubmit={done}
      onCancel={onClose}
    >
      <TextField
        label="Name"
        missing={name.trim() === '' && 'Name the rule.'}
        value={name}
        autoFocus
        placeholder="Staging may wait"
        onChange={setName}
      />
      <Field label="All of these hold" description="Without any, the rule holds for every event." stretch>
        <SpaceBetween size="s">
          {conditions.map((condition, i) => (
            <ConditionFields
              // A condition has no identity but its place.
              key={`condition ${i + 1}`}
              condition={condition}
              place={i}
              onChange={(next) => replace(i, next)}
              onRemove={() => replace(i)}
            />
          ))}
          <Button
            iconName="add-plus"
            formAction="none"
            onClick={() => setConditions([...conditions, { field: 'service', test: 'is', values: [''], not: false }])}
          >
            Add a condition
          </Button>
        </SpaceBetween>
      </Field>
      <WindowsField
        label="Only in these hours"
        description={`Without any, the rule always counts. By the clocks of ${rule?.hours?.timeZone ?? OWN_ZONE}.`}
        value={windows}
        onChange={setWindows}
      />
      <div className="form-grid">
        <ChoiceField
          label="Policy"
          value={set.policyId ?? ''}
          options={[UNSAID, ...optionsOf(policies?.items)]}
          onChange={(value) => say('policyId', value)}
        />
        <ChoiceField
          label="Urgency"
          value={set.urgency ?? ''}
          options={[UNSAID, { value: 'high', label: 'It wakes people' }, { value: 'low', label: 'It can wait' }]}
          onChange={(value) => say('urgency', value as Said['urgency'])}
        />
        <ChoiceField
          label="Severity"
          value={set.severity ?? ''}
          options={[UNSAID, ...choices(SEVERITIES)]}
          onChange={(value) => say('severity', value as Said['severity'])}
        />
        <Field label="Service">
          <ServiceSelect value={set.service ?? null} onChange={(value) => say('service', value ?? '')} />
        </Field>
      </div>
      <NoiseFields noise={noise} onChange={setNoise} />
      <SpaceBetween size="xs">
        <Checkbox checked={suppress} onChange={({ detail }) => setSuppress(detail.checked)}>
          Page nobody; the alert is stored
        </Checkbox>
        <Checkbox checked={goesOn} onChange={({ detail }) => setGoesOn(detail.checked)}>
          Continue with the next rules
        </Checkbox>
        <Checkbox checked={isOn} onChange={({ detail }) => setOn(detail.checked)}>
          The rule is on
        </Checkbox>
      </SpaceBetween>
    </FormModal>
  );
};
