import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState, type SubmitEvent } from 'react';
import { sentenceOf } from '../api/refusal.ts';
import { session } from '../session/session.ts';

/** User name and password. `username` is given where the person is known. */
export const LoginForm = ({ username: known }: { readonly username?: string }) => {
  const [username, setUsername] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [refused, setRefused] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await session.login(username, password);
    } catch (error) {
      setRefused(sentenceOf(error));
      setPassword('');
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={isBusy} loadingText="Signing in">
            Sign in
          </Button>
        }
      >
        <SpaceBetween size="l">
          {refused !== '' && <Alert type="error">{refused}</Alert>}
          <FormField label="User name">
            <Input
              value={username}
              name="username"
              autoComplete="username"
              autoFocus={known === undefined}
              readOnly={known !== undefined}
              onChange={({ detail }) => setUsername(detail.value)}
            />
          </FormField>
          <FormField label="Password">
            <Input
              value={password}
              type="password"
              name="password"
              autoComplete="current-password"
              autoFocus={known !== undefined}
              onChange={({ detail }) => setPassword(detail.value)}
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </form>
  );
};
