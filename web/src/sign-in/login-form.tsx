import Alert from '@cloudscape-design/components/alert';
import Form from '@cloudscape-design/components/form';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Refusal, sentenceOf } from '../api/refusal.ts';
import { session } from '../session/session.ts';
import { CodeField } from './code-field.tsx';
import { Field } from '../shell/fields.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';

/** User name and password, and a code where the account has a second factor. `username` is given where the person is known. */
export const LoginForm = ({ username: known }: { readonly username?: string }) => {
  const [username, setUsername] = useState(known ?? '');
  const [password, setPassword] = useState('');
  /** Undefined until the backend asks for it. */
  const [code, setCode] = useState<string>();
  const [refused, setRefused] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    try {
      await session.login(username, password, code?.trim());
    } catch (error) {
      const reason = error instanceof Refusal ? error.code : '';
      const isAsked = reason === 'auth.code_required';
      setRefused(isAsked ? '' : sentenceOf(error));
      if (isAsked || reason === 'auth.invalid_code') setCode('');
      // A lost connection is no reason to type it again.
      else if (reason === 'auth.invalid_credentials') {
        setPassword('');
        setCode(undefined);
      }
    }
    setBusy(false);
  };
  return (
    <SubmitForm isChanged={false} isBusy={isBusy} onSubmit={() => void submit()}>
      <Form
        actions={
          <Submit loading={isBusy} loadingText="Signing in">
            Sign in
          </Submit>
        }
      >
        <SpaceBetween size="l">
          {refused !== '' && <Alert type="error">{refused}</Alert>}
          <Field label="User name" missing={username.trim() === '' && 'Enter your user name.'}>
            <Input
              value={username}
              name="username"
              autoComplete="username"
              autoFocus={known === undefined}
              readOnly={known !== undefined}
              onChange={({ detail }) => setUsername(detail.value)}
            />
          </Field>
          <Field label="Password" missing={password === '' && 'Enter your password.'}>
            <Input
              value={password}
              type="password"
              name="password"
              autoComplete="current-password"
              autoFocus={known !== undefined}
              onChange={({ detail }) => setPassword(detail.value)}
            />
          </Field>
          {code !== undefined && <CodeField value={code} onChange={setCode} />}
        </SpaceBetween>
      </Form>
    </SubmitForm>
  );
};
