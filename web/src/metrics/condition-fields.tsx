import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ChoiceField, choices, Field, NumberField } from '../shell/fields.tsx';
import { PairsField } from '../shell/pairs-field.tsx';
import {
  aCondition,
  AGGREGATIONS,
  SIMPLE_TYPES,
  simplesIn,
  type Condition,
  type Simple,
  type SimpleType,
} from './condition.ts';
import { MetricSelect } from './metric-select.tsx';
import type { Aggregation } from './metric.ts';

const OPERATORS = choices(['>', '>=', '<', '<=']);
const WINDOWS = [1, 2, 3, 5, 10, 15, 30, 60, 120, 360, 720, 1440].map((minutes) => ({
  value: String(minutes * 60),
  label: minutes < 60 ? `${minutes} min` : `${minutes / 60} h`,
}));
const DIRECTIONS = [
  { value: 'up', label: 'Up' },
  { value: 'down', label: 'Down' },
  { value: 'either', label: 'Either way' },
];
const COMBINED = [
  { value: 'one', label: 'This holds' },
  { value: 'all', label: 'All of these hold' },
  { value: 'any', label: 'Any of these holds' },
  { value: 'not', label: 'This does not hold' },
];

interface SimpleProps {
  readonly condition: Simple;
  readonly onChange: (condition: Simple) => void;
}

const Metric = ({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (name: string) => void;
}) => (
  <Field label={label} missing={value.trim() === '' && 'Choose a metric.'} stretch>
    <MetricSelect value={value} onChange={onChange} />
  </Field>
);

const Window = ({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (seconds: number) => void;
}) => (
  <ChoiceField
    label={label}
    value={String(value)}
    options={WINDOWS}
    onChange={(seconds) => onChange(Number(seconds))}
  />
);

const metricOf = (condition: Simple): string =>
  condition.type === 'ratio' ? condition.numerator.metric : condition.metric;

const SimpleFields = ({ condition, onChange }: SimpleProps) => {
  const type = (
    <ChoiceField
      label="Kind"
      value={condition.type}
      options={SIMPLE_TYPES}
      onChange={(next) => onChange(aCondition(next as SimpleType, metricOf(condition)))}
    />
  );
  const window = (
    <Window
      label="Over the last"
      value={condition.windowSeconds}
      onChange={(windowSeconds) => onChange({ ...condition, windowSeconds })}
    />
  );
  const aggregation = condition.type !== 'absence' && (
    <ChoiceField
      label="Taken as"
      value={condition.aggregation}
      options={
        condition.type === 'ratio'
          ? AGGREGATIONS.filter(({ value }) => ['sum', 'count', 'rate', 'avg', 'last'].includes(value))
          : AGGREGATIONS
      }
      onChange={(next) => onChange({ ...condition, aggregation: next as Aggregation } as Simple)}
    />
  );
  return (
    <SpaceBetween size="m">
      {condition.type === 'ratio' ? (
        <div className="form-grid">
          {type}
          <Metric
            label="This metric"
            value={condition.numerator.metric}
            onChange={(metric) => onChange({ ...condition, numerator: { ...condition.numerator, metric } })}
          />
          <Metric
            label="As a share of"
            value={condition.denominator.metric}
            onChange={(metric) => onChange({ ...condition, denominator: { ...condition.denominator, metric } })}
          />
        </div>
      ) : (
        <div className="form-grid">
          {type}
          <Metric label="Metric" value={condition.metric} onChange={(metric) => onChange({ ...condition, metric })} />
        </div>
      )}
      <div className="form-grid">
        {aggregation}
        {window}
        {condition.type === 'threshold' && (
          <>
            <ChoiceField
              label="Is"
              value={condition.operator}
              options={OPERATORS}
              onChange={(operator) => onChange({ ...condition, operator })}
            />
            <NumberField
              label="Value"
              pointer="/condition/value"
              value={condition.value}
              onChange={(value) => onChange({ ...condition, value: value ?? 0 })}
            />
            <NumberField
              label="Well again beyond"
              isOptional
              pointer="/condition/recoverValue"
              value={condition.recoverValue}
              onChange={(recoverValue) => {
                const { recoverValue: _, ...rest } = condition;
                onChange(recoverValue === undefined ? rest : { ...rest, recoverValue });
              }}
            />
          </>
        )}
        {condition.type === 'change' && (
          <>
            <ChoiceField
              label="Goes"
              value={condition.direction}
              options={DIRECTIONS}
              onChange={(direction) => onChange({ ...condition, direction: direction as typeof condition.direction })}
            />
            <NumberField
              label="By percent"
              pointer="/condition/percent"
              value={condition.percent}
              onChange={(percent) => onChange({ ...condition, percent: percent ?? 0 })}
            />
            <Window
              label="Against the time before"
              value={condition.baselineSeconds}
              onChange={(baselineSeconds) => onChange({ ...condition, baselineSeconds })}
            />
          </>
        )}
        {condition.type === 'ratio' && (
          <>
            <ChoiceField
              label="Is"
              value={condition.operator}
              options={OPERATORS}
              onChange={(operator) => onChange({ ...condition, operator })}
            />
            <NumberField
              label="Percent"
              pointer="/condition/percent"
              value={condition.percent}
              onChange={(percent) => onChange({ ...condition, percent: percent ?? 0 })}
            />
            <NumberField
              label="From a total of"
              pointer="/condition/atLeast"
              value={condition.atLeast}
              onChange={(atLeast) => onChange({ ...condition, atLeast: atLeast ?? 0 })}
            />
          </>
        )}
      </div>
      {condition.type !== 'ratio' && (
        <PairsField
          key={condition.type}
          label="Only series with"
          value={condition.dimensions ?? {}}
          names="region"
          values="eu-central-1"
          add="Add a dimension"
          onChange={(dimensions) => onChange({ ...condition, dimensions })}
        />
      )}
    </SpaceBetween>
  );
};

interface ConditionFieldsProps {
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
}

/** One condition, or several that are combined. */
export const ConditionFields = ({ condition, onChange }: ConditionFieldsProps) => {
  const simples = simplesIn(condition);
  const kind =
    condition.type === 'all' || condition.type === 'any' || condition.type === 'not' ? condition.type : 'one';
  const [first = aCondition('threshold', '')] = simples;
  const combine = (as: string, next: readonly Simple[]): void => {
    const [one = first] = next;
    if (as === 'all' || as === 'any') onChange({ type: as, conditions: [...next] } as Condition);
    else if (as === 'not') onChange({ type: 'not', condition: one } as Condition);
    else onChange(one);
  };
  const isSeveral = kind === 'all' || kind === 'any';
  const replace = (place: number, next?: Simple): void =>
    combine(
      kind,
      simples.flatMap((each, i) => (i === place ? (next ? [next] : []) : [each])),
    );
  return (
    <SpaceBetween size="m">
      <ChoiceField
        label="An alert opens when"
        value={kind}
        options={COMBINED}
        onChange={(next) => combine(next, simples)}
      />
      {isSeveral ? (
        <>
          {simples.map((simple, i) => (
            <Container
              // A condition has no identity but its place.
              key={`condition ${i + 1}`}
              header={
                <Header
                  variant="h3"
                  actions={
                    simples.length > 1 && (
                      <Button formAction="none" ariaLabel={`Remove condition ${i + 1}`} onClick={() => replace(i)}>
                        Remove
                      </Button>
                    )
                  }
                >
                  Condition {i + 1}
                </Header>
              }
            >
              <SimpleFields condition={simple} onChange={(next) => replace(i, next)} />
            </Container>
          ))}
          {simples.length < 8 && (
            <Button
              iconName="add-plus"
              formAction="none"
              onClick={() => combine(kind, [...simples, aCondition('threshold', '')])}
            >
              Add a condition
            </Button>
          )}
        </>
      ) : (
        <SimpleFields condition={first} onChange={(next) => combine(kind, [next])} />
      )}
    </SpaceBetween>
  );
};
