import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useMe } from '../session/use-session.ts';
import { Notices } from '../shell/notices.tsx';
import { signOut } from '../shell/sign-out.ts';
import { useTitle } from '../shell/use-title.ts';
import { Gate } from './gate.tsx';
import { PasswordForm } from './password-form.tsx';

/** A first password must be changed before anything else. */
export const FirstPassword = () => {
  useTitle('Choose a password');
  const { name } = useMe();
  return (
    <Gate>
      <Notices />
      <Container
        header={
          <Header
            variant="h1"
            description="Somebody else knows your first password. Choose one of your own."
            actions={<Button onClick={signOut}>Sign out</Button>}
          >
            Choose a password
          </Header>
        }
      >
        <PasswordForm username={name} />
      </Container>
    </Gate>
  );
};
