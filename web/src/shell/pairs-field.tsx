import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { GroupField } from './group-field.tsx';

type Pair = readonly [name: string, value: string];

interface PairsFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly pointer?: string;
  readonly value: Readonly<Record<string, string>>;
  readonly names: string;
  readonly values: string;
  readonly add: string;
  readonly onChange: (value: Record<string, string>) => void;
}

/** Names with values, such as headers or labels. A row without a name does not count yet. */
export const PairsField = ({ value, names, values, add, onChange, ...field }: PairsFieldProps) => {
  const [rows, setRows] = useState<readonly Pair[]>(Object.entries(value));
  const set = (next: readonly Pair[]): void => {
    setRows(next);
    onChange(Object.fromEntries(next.filter(([name]) => name.trim() !== '').map(([name, of]) => [name.trim(), of])));
  };
  const replace = (place: number, pair: Pair): void => set(rows.map((row, i) => (i === place ? pair : row)));
  return (
    <GroupField {...field} isOptional>
      <SpaceBetween size="xs">
        {rows.map(([name, of], i) => (
          // A row has no identity but its place.
          <div className="pair-row" key={`row ${i + 1}`}>
            <Input
              value={name}
              placeholder={names}
              ariaLabel={`${field.label}, name ${i + 1}`}
              onChange={({ detail }) => replace(i, [detail.value, of])}
            />
            <Input
              value={of}
              placeholder={values}
              ariaLabel={`${field.label}, value ${i + 1}`}
              onChange={({ detail }) => replace(i, [name, detail.value])}
            />
            <Button
              iconName="remove"
              variant="icon"
              formAction="none"
              ariaLabel={`Remove ${name === '' ? `row ${i + 1}` : name}`}
              onClick={() => set(rows.filter((_, place) => place !== i))}
            />
          </div>
        ))}
        <Button iconName="add-plus" formAction="none" onClick={() => set([...rows, ['', '']])}>
          {add}
        </Button>
      </SpaceBetween>
    </GroupField>
  );
};
