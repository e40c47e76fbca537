import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { useTitle } from '../shell/use-title.ts';
import { Gate } from './gate.tsx';
import { LoginForm } from './login-form.tsx';

export const SignIn = () => {
  useTitle('Sign in');
  return (
    <Gate>
      <Container header={<Header variant="h1">Sign in</Header>}>
        <LoginForm />
      </Container>
    </Gate>
  );
};
