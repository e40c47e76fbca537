import Box from '@cloudscape-design/components/box';
import { useMe } from '../session/use-session.ts';
import { Modal } from '../shell/modal.tsx';
import { signOut } from '../shell/sign-out.ts';
import { LoginForm } from './login-form.tsx';

/** The session has ended while a page was open. What was typed there stays behind the login. */
export const SignInAgain = () => {
  const { name } = useMe();
  return (
    <Modal visible header="Your session has ended" closeAriaLabel="Sign out" onDismiss={signOut}>
      <Box padding={{ bottom: 'm' }}>Sign in again to continue where you were.</Box>
      <LoginForm username={name} />
    </Modal>
  );
};
