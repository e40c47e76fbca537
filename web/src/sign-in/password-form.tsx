import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type SubmitEvent } from 'react';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { session } from '../session/session.ts';

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
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (next !== again) return;
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
    <form onSubmit={(event) => void submit(event)}>
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={isBusy} loadingText="Changing the password">
            Change password
          </Button>
        }
      >
        <SpaceBetween size="l">
          {error !== undefined && !ofNew && code !== 'password.wrong' && (
            <Alert type="error">{sentenceOf(error)}</Alert>
          )}
          <FormField label="Current password" errorText={code === 'password.wrong' && sentenceOf(error)}>
            <Input
              value={current}
              type="password"
              autoComplete="current-password"
              onChange={({ detail }) => setCurrent(detail.value)}
            />
          </FormField>
          <FormField
            label="New password"
            description="A few words that belong together only for you are better than odd characters."
            errorText={ofNew && sentenceOf(error)}
          >
            <Input
              value={next}
              type="password"
              autoComplete="new-password"
              onChange={({ detail }) => setNext(detail.value)}
            />
          </FormField>
          <FormField label="New password again" errorText={differs && 'This differs from the new password.'}>
            <Input
              value={again}
              type="password"
              autoComplete="new-password"
              onChange={({ detail }) => setAgain(detail.value)}
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </form>
  );
};
