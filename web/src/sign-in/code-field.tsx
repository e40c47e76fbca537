import { Field } from '../shell/fields.tsx';
import Input from '@cloudscape-design/components/input';

interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (code: string) => void;
  /** Where the app was added just now, no recovery code counts. */
  readonly isOfApp?: boolean;
}

/** The code of an authenticator app. Phones offer digits, and browsers fill it in. */
export const CodeField = ({ value, onChange, isOfApp = false }: CodeFieldProps) => (
  <Field
    label="Code"
    missing={value.trim() === '' && 'Enter the code.'}
    description={
      isOfApp
        ? 'The six digits that the app shows now.'
        : 'The six digits of your authenticator app, or a recovery code.'
    }
  >
    <Input
      value={value}
      name="code"
      autoComplete="one-time-code"
      inputMode={isOfApp ? 'numeric' : 'text'}
      autoFocus
      spellcheck={false}
      onChange={({ detail }) => onChange(detail.value)}
    />
  </Field>
);
