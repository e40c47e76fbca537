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
      <Box>Scan it with your authenticator app, or type the key there. Then enter what the app shows.</Box>
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
  | { readonly begun: Enrolled }
  | 'renew'
  | { readonly codes: readonly string[] }
  | { readonly remove: Schemas['SecondFactor'] };

/** The apps whose codes this person needs at a sign-in, and the recovery codes. */
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
  const onConfirmed = (codes: readonly string[]): void => {
    notify('success', 'From now on a sign-in needs a code of this app. Your other sessions have ended.');
    setStep(codes.length > 0 ? { codes } : undefined);
  };
  const factors = (data?.items ?? []).filter(({ confirmed }) => confirmed);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A code of your phone beside the password. Others cannot sign in by the password alone."
          actions={<Button onClick={() => setStep('name')}>Add an app</Button>}
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
                    since <Instant at={factor.createdAt} />
                    {factor.lastUsedAt !== null && (
                      <>
                        {' '}
                        · last used <Instant at={factor.lastUsedAt} ago />
                      </>
                    )}
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
      {typeof step === 'object' && 'begun' in step && (
        <Confirm factor={step.begun} onCancel={close} onConfirmed={onConfirmed} />
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
          what="authenticator app"
          name={step.remove.name}
          means="no longer signs you in. Without another app your password alone does."
          changes={KEY}
          act={() => bodyOf(api.DELETE('/api/auth/factors/{id}', { params: { path: { id: step.remove.id } } }))}
          onClose={close}
        />
      )}
    </Container>
  );
};
