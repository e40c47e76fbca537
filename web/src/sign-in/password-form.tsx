import Alert from '@cloudscape-design/components/alert';
import Form from '@cloudscape-design/components/form';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { session } from '../session/session.ts';
import { Field } from '../shell/fields.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';

interface PasswordFormProps {
  readonly username: string;
  readonly onChanged?: () => void;
}

/** The current password and a new one, twice. */
export const PasswordForm = ({ username, onChanged }: PasswordFormProps) => {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [error, setError] = useState<unknown>(undefined);
  const [isBusy, setBusy] = useState(false);
  const differs = again !== '' && again !== next;
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await session.changePassword(current, next);
      setCurrent('');
      setNext('');
      setAgain('');
      onChanged?.();
    } catch (refused) {
      setError(refused);
    }
    setBusy(false);
  };
  const code = error instanceof Refusal ? error.code : '';
  const ofNew = code.startsWith('password.') && code !== 'password.wrong';
  return (
    <SubmitForm isChanged={current + next + again !== ''} isBusy={isBusy} onSubmit={() => void submit()}>
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <Form
        actions={
          <Submit loading={isBusy} loadingText="Changing the password">
            Change password
          </Submit>
        }
      >
        <SpaceBetween size="l">
          {error !== undefined && !ofNew && code !== 'password.wrong' && (
            <Alert type="error">{sentenceOf(error)}</Alert>
          )}
          <Field
            label="Current password"
            missing={current === '' && 'Enter your current password.'}
            error={code === 'password.wrong' ? sentenceOf(error) : undefined}
          >
            <Input
              value={current}
              type="password"
              autoComplete="current-password"
              onChange={({ detail }) => setCurrent(detail.value)}
            />
          </Field>
          <Field
            label="New password"
            description="A few words that belong together only for you are better than odd characters."
            missing={next === '' && 'Enter a new password.'}
            error={ofNew ? sentenceOf(error) : undefined}
          >
            <Input
              value={next}
              type="password"
              autoComplete="new-password"
              onChange={({ detail }) => setNext(detail.value)}
            />
          </Field>
          <Field
            label="New password again"
            missing={again !== next && 'Enter the new password again.'}
            error={differs ? 'This differs from the new password.' : undefined}
          >
            <Input
              value={again}
              type="password"
              autoComplete="new-password"
              onChange={({ detail }) => setAgain(detail.value)}
            />
          </Field>
        </SpaceBetween>
      </Form>
    </SubmitForm>
  );
};
