import './me.css';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useMe } from '../session/use-session.ts';
import { notify } from '../shell/notices.tsx';
import { useTitle } from '../shell/use-title.ts';
import { PasswordForm } from '../sign-in/password-form.tsx';
import { appearance, changeAppearance, type Appearance } from './appearance.ts';
import { Contacts } from './contacts.tsx';
import { NotificationRules } from './notification-rules.tsx';
import { SecondFactors } from './second-factors.tsx';
import { Sessions } from './sessions.tsx';

const AppearanceForm = () => {
  const [chosen, setChosen] = useState(appearance);
  const change = (part: Partial<Appearance>): void => {
    const next = { ...chosen, ...part };
    setChosen(next);
    changeAppearance(next);
  };
  return (
    <Container
      header={
        <Header variant="h2" description="Of this browser.">
          Appearance
        </Header>
      }
    >
      <SpaceBetween size="l">
        <FormField label="Colours">
          <RadioGroup
            value={chosen.theme}
            items={[
              { value: 'system', label: 'As the system' },
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
            ]}
            onChange={({ detail }) => change({ theme: detail.value as Appearance['theme'] })}
          />
        </FormField>
        <FormField label="Density">
          <RadioGroup
            value={chosen.density}
            items={[
              { value: 'comfortable', label: 'Comfortable' },
              { value: 'compact', label: 'Compact' },
            ]}
            onChange={({ detail }) => change({ density: detail.value as Appearance['density'] })}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
};

/** The reader: how they are reached, when, where they are signed in, and how the console looks. */
export const MePage = () => {
  useTitle('Me');
  const { id, name, roles } = useMe();
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Me</Header>
      <div className="columns">
        <div>
          <Contacts userId={id} />
          <NotificationRules userId={id} />
          <Sessions />
        </div>
        <div>
          <Container header={<Header variant="h2">Account</Header>}>
            <KeyValuePairs
              columns={2}
              items={[
                { label: 'User name', value: <span className="wrap">{name}</span> },
                { label: 'Roles', value: roles.join(', ') },
              ]}
            />
          </Container>
          <SecondFactors />
          <AppearanceForm />
          <Container
            header={
              <Header variant="h2" description="A new one ends your other sessions.">
                Password
              </Header>
            }
          >
            <PasswordForm username={name} onChanged={() => notify('success', 'The password is changed.')} />
          </Container>
        </div>
      </div>
    </SpaceBetween>
  );
};
