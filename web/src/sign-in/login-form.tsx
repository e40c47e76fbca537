import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { Refusal } from '../api/refusal.ts';
import { passkeyIn, session } from '../session/session.ts';
import { CodeField } from './code-field.tsx';
import { Field } from '../shell/fields.tsx';
import { Submit, SubmitForm } from '../shell/submit-form.tsx';
import { WhyRefused } from './why-refused.tsx';

/** User name and password, and a code or a passkey where the account has a second factor; or a passkey alone. `username` is given where the person is known. */
export const LoginForm = ({ username: known }: { readonly username?: string }) => {
  const [username, setUsername] = useState(known ?? '');
  const [password, setPassword] = useState('');
  /** Undefined until the backend asks for it. */
  const [code, setCode] = useState<string>();
  const [refused, setRefused] = useState<unknown>();
  const [hasPasskey, setHasPasskey] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const enter = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setRefused(undefined);
    try {
      await act();
    } catch (error) {
      const reason = error instanceof Refusal ? error.code : '';
      const isAsked = reason === 'auth.code_required';
      if (error instanceof Refusal && isAsked) setHasPasskey(passkeyIn(error) !== undefined);
      else setRefused(error);
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
    <SubmitForm
      isChanged={false}
      isBusy={isBusy}
      onSubmit={() => void enter(() => session.login(username, password, code?.trim()))}
    >
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {code === undefined ? (
              <Button formAction="none" disabled={isBusy} onClick={() => void enter(() => session.loginByPasskey())}>
                Sign in with a passkey
              </Button>
            ) : (
              hasPasskey && (
                <Button
                  formAction="none"
                  disabled={isBusy}
                  onClick={() => void enter(() => session.loginWithPasskey(username, password))}
                >
                  Use a passkey
                </Button>
              )
            )}
            <Submit loading={isBusy} loadingText="Signing in">
              Sign in
            </Submit>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {refused !== undefined && <WhyRefused error={refused} />}
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
