import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, bodyOf, type Schemas } from '../api/client.ts';
import { PasskeysElsewhere } from '../session/passkey.ts';
import { session } from '../session/session.ts';
import { Remove } from '../services/remove.tsx';
import { Failed } from '../shell/failed.tsx';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { Instant } from '../shell/instant.tsx';
import { Loading } from '../shell/loading.tsx';
import { notify } from '../shell/notices.tsx';
import { useAction } from '../shell/use-action.ts';
import { CodeField } from '../sign-in/code-field.tsx';
import { WhyRefused } from '../sign-in/why-refused.tsx';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

const KEY = ['second-factors'];

type Enrolled = Schemas['EnrolledFactor'];

interface StepProps {
  readonly onCancel: () => void;
}

const Name = ({ onCancel, onBegun }: StepProps & { readonly onBegun: (factor: Enrolled) => void }) => {
  const [name, setName] = useState('Phone');
  const begin = useAction({
    act: () => bodyOf(api.POST('/api/auth/factors', { body: { name } })),
    changes: [],
    then: onBegun,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Add an authenticator app"
      submit="Continue"
      isBusy={begin.isPending}
      error={begin.error}
      onSubmit={() => begin.mutate()}
      onCancel={onCancel}
    >
      <Field
        label="Name"
        description="So that you know it among others."
        missing={name.trim() === '' && 'Name the app.'}
      >
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </Field>
    </FormModal>
  );
};

const Passkey = ({
  onCancel,
  onAdded,
}: StepProps & { readonly onAdded: (recoveryCodes: readonly string[]) => void }) => {
  const [name, setName] = useState('This device');
  const add = useAction({
    act: () => session.addPasskey(name),
    changes: [KEY, ['sessions']],
    then: onAdded,
    showsErrors: true,
  });
  const isElsewhere = add.error instanceof PasskeysElsewhere;
  return (
    <FormModal
      title="Add a passkey"
      submit="Continue"
      isBusy={add.isPending}
      error={isElsewhere ? undefined : add.error}
      onSubmit={() => add.mutate()}
      onCancel={onCancel}
    >
      {isElsewhere && <WhyRefused error={add.error} />}
      <Field
        label="Name"
        description="So that you know it among others. Your browser then asks for your finger, face or PIN, or for a security key."
        missing={name.trim() === '' && 'Name the passkey.'}
      >
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </Field>
    </FormModal>
  );
};

interface ConfirmProps extends StepProps {
  readonly factor: Enrolled;
  readonly onConfirmed: (recoveryCodes: readonly string[]) => void;
}

const Confirm = ({ factor, onCancel, onConfirmed }: ConfirmProps) => {
  const [code, setCode] = useState('');
  const confirm = useAction({
    act: () => session.confirmFactor(factor.id, code.trim()),
    changes: [KEY, ['sessions']],
    then: onConfirmed,
    showsErrors: true,
  });
  return (
    <FormModal
      title="Scan this code"
      submit="Confirm"
      isBusy={confirm.isPending}
      error={confirm.error}
      onSubmit={() => confirm.mutate()}
      onCancel={onCancel}
    >
      <Box>
        Scan it with your authenticator app, or type the key there. Then enter what the app shows. Your other sessions
        end.
      </Box>
      <QrCode text={factor.uri} label="QR code for an authenticator app" />
      <Field label="Key">
        <CopyToClipboard
          variant="inline"
          copyButtonAriaLabel="Copy the key"
          textToCopy={factor.secret}
          textToDisplay={factor.secret.replace(/(.{4})(?=.)/g, '$1 ')}
          copySuccessText="Copied"
          copyErrorText="The browser does not allow it. Copy the key by hand."
        />
      </Field>
      <CodeField value={code} onChange={setCode} isOfApp />
    </FormModal>
  );
};

type Step =
  | 'name'
  | 'passkey'
  | { readonly begun: Enrolled }
  | 'renew'
  | { readonly codes: readonly string[] }
  | { readonly remove: Schemas['SecondFactor'] };

const REMOVED: Readonly<Record<Schemas['SecondFactor']['kind'], { readonly what: string; readonly means: string }>> = {
  totp: {
    what: 'authenticator app',
    means: 'no longer signs you in. Without another factor your password alone does.',
  },
  passkey: { what: 'passkey', means: 'no longer signs you in. Without another factor your password alone does.' },
};

const ADDED = {
  totp: 'From now on a sign-in needs a code of this app. Your other sessions have ended.',
  passkey: 'You can sign in by this passkey, and your password alone no longer does. Your other sessions have ended.',
};

/** The passkeys and apps by which this person signs in, and the recovery codes. */
export const SecondFactors = () => {
  const [step, setStep] = useState<Step>();
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => bodyOf(api.GET('/api/auth/factors', { signal })),
  });
  const renew = useAction({
    act: () => bodyOf(api.POST('/api/auth/recovery-codes')),
    changes: [KEY],
    then: ({ recoveryCodes }) => setStep({ codes: recoveryCodes }),
    showsErrors: true,
  });
  const close = (): void => setStep(undefined);
  const onAdded =
    (kind: keyof typeof ADDED) =>
    (codes: readonly string[]): void => {
      notify('success', ADDED[kind]);
      setStep(codes.length > 0 ? { codes } : undefined);
    };
  const factors = (data?.items ?? []).filter(({ confirmed }) => confirmed);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A passkey, or a code of your phone beside the password. Others cannot sign in by the password alone."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setStep('name')}>Add an app</Button>
              <Button onClick={() => setStep('passkey')}>Add a passkey</Button>
            </SpaceBetween>
          }
        >
          Second factor
        </Header>
      }
    >
      {!data ? (
        error ? (
          <Failed error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : factors.length === 0 ? (
        <Box color="text-body-secondary">None yet.</Box>
      ) : (
        <SpaceBetween size="s">
          <ul className="lines">
            {factors.map((factor) => (
              <li key={factor.id} className="line">
                <div className="wrap">
                  {factor.name}
                  <Box variant="small" display="block">
                    {factor.kind === 'passkey' ? 'Passkey' : 'Authenticator app'} since{' '}
                    <Instant at={factor.createdAt} />
                    {factor.lastUsedAt !== null && (
                      <>
                        {' '}
                        · last used <Instant at={factor.lastUsedAt} ago />
                      </>
                    )}
                    {factor.backedUp === false && ' · on one device only'}
                  </Box>
                </div>
                <Button ariaLabel={`Remove ${factor.name}`} onClick={() => setStep({ remove: factor })}>
                  Remove
                </Button>
              </li>
            ))}
          </ul>
          <div className="quiet">
            <span>{data.recoveryCodesLeft} recovery codes are left.</span>
            <Button onClick={() => setStep('renew')}>Make new ones</Button>
          </div>
        </SpaceBetween>
      )}
      {step === 'name' && <Name onCancel={close} onBegun={(begun) => setStep({ begun })} />}
      {step === 'passkey' && <Passkey onCancel={close} onAdded={onAdded('passkey')} />}
      {typeof step === 'object' && 'begun' in step && (
        <Confirm factor={step.begun} onCancel={close} onConfirmed={onAdded('totp')} />
      )}
      {typeof step === 'object' && 'codes' in step && <RecoveryCodes codes={step.codes} onClose={close} />}
      {step === 'renew' && (
        <FormModal
          title="Make new recovery codes"
          submit="Make new ones"
          isBusy={renew.isPending}
          error={renew.error}
          onSubmit={() => renew.mutate()}
          onCancel={close}
        >
          <Box>The ones that you have stored no longer sign you in.</Box>
        </FormModal>
      )}
      {typeof step === 'object' && 'remove' in step && (
        <Remove
          {...REMOVED[step.remove.kind]}
          name={step.remove.name}
          changes={KEY}
          act={() => bodyOf(api.DELETE('/api/auth/factors/{id}', { params: { path: { id: step.remove.id } } }))}
          onClose={close}
        />
      )}
    </Container>
  );
};
