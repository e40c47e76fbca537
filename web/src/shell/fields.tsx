import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { createContext, useContext, useState, type ReactNode } from 'react';
import { Refusal } from '../api/refusal.ts';
import { useMissing } from './missing.ts';

const Errors = createContext<unknown>(undefined);

/** Shows what the backend refused at the fields inside, by their JSON pointers. */
export const FieldErrors = ({ error, children }: { readonly error: unknown; readonly children: ReactNode }) => (
  <Errors value={error}>{children}</Errors>
);

/** What is wrong with a field, or with a part of it. */
export const useFieldError = (pointer: string | undefined): string | undefined => {
  const error = useContext(Errors);
  if (pointer === undefined || !(error instanceof Refusal)) return undefined;
  for (const [at, detail] of error.fields) if (at === pointer || at.startsWith(`${pointer}/`)) return detail;
  return undefined;
};

interface FieldProps {
  readonly label: string;
  readonly description?: string;
  /** Where the value is in what is sent, such as `/check/url`. */
  readonly pointer?: string;
  /** What is wrong with it, whether or not the form was submitted. */
  readonly error?: string | undefined;
  /** What it lacks before the form can be sent, such as `Name the service.` */
  readonly missing?: string | false;
  readonly isOptional?: boolean;
  readonly stretch?: boolean;
  readonly children: ReactNode;
}

export const Field = ({
  label,
  description,
  pointer,
  missing,
  error,
  isOptional = false,
  stretch = false,
  children,
}: FieldProps) => {
  const refused = useFieldError(pointer);
  const lack = useMissing(missing);
  return (
    <FormField
      {...lack.mark}
      label={
        isOptional ? (
          <span>
            {label} <i>- optional</i>
          </span>
        ) : (
          label
        )
      }
      {...(description !== undefined && { description })}
      errorText={error ?? lack.error ?? refused}
      stretch={stretch}
    >
      {children}
    </FormField>
  );
};

type Named = Omit<FieldProps, 'children'>;

interface TextFieldProps extends Named {
  readonly value: string;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  readonly onChange: (value: string) => void;
}

export const TextField = ({ value, placeholder, autoFocus = false, onChange, ...field }: TextFieldProps) => (
  <Field {...field}>
    <Input
      value={value}
      autoFocus={autoFocus}
      {...(placeholder !== undefined && { placeholder })}
      onChange={({ detail }) => onChange(detail.value)}
    />
  </Field>
);

interface NumberFieldProps extends Named {
  readonly value: number | undefined;
  readonly placeholder?: string;
  readonly onChange: (value: number | undefined) => void;
}

/** A number; undefined while nothing is typed. It stays empty so that another one can be typed, also where nothing means a usual value. */
export const NumberField = ({ value, placeholder, onChange, ...field }: NumberFieldProps) => {
  const [isCleared, setCleared] = useState(false);
  return (
    <Field {...field}>
      <Input
        type="number"
        value={isCleared || value === undefined ? '' : String(value)}
        {...(placeholder !== undefined && { placeholder })}
        onChange={({ detail }) => {
          setCleared(detail.value === '');
          onChange(detail.value === '' ? undefined : Number(detail.value));
        }}
        onBlur={() => setCleared(false)}
      />
    </Field>
  );
};

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

interface ChoiceFieldProps<V extends string> extends Named {
  readonly value: V;
  readonly options: readonly Choice[];
  readonly onChange: (value: V) => void;
}

export const ChoiceField = <V extends string>({ value, options, onChange, ...field }: ChoiceFieldProps<V>) => (
  <Field {...field}>
    <Select
      selectedOption={options.find((each) => each.value === value) ?? { value, label: value }}
      options={options}
      filteringType={options.length > 20 ? 'auto' : 'none'}
      onChange={({ detail }) => onChange(detail.selectedOption.value as V)}
    />
  </Field>
);

/** Choices that are called by their values. */
export const choices = (values: readonly (string | number)[]): Choice[] =>
  values.map((value) => ({ value: String(value), label: String(value) }));
