import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import { useQuery } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import { proof, type ProofKind } from '../session/proof.ts';
import { session } from '../session/session.ts';
import { Field } from '../shell/fields.tsx';
import { FormModal } from '../shell/form-modal.tsx';
import { CodeField } from './code-field.tsx';

interface ProveProps {
  readonly kind: ProofKind;
  readonly onAnswer: (isProved: boolean) => void;
}

const ProveForm = ({ kind, onAnswer }: ProveProps) => {
  const [shown, setShown] = useState('');
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const { data: ways } = useQuery({ queryKey: ['proof-ways'], queryFn: () => session.proofOptions(), gcTime: 0 });
  const prove = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await act();
      onAnswer(true);
    } catch (refused) {
      setError(refused);
      setShown('');
      setBusy(false);
    }
  };
  return (
    <FormModal
      title="Is it you?"
      submit="Continue"
      isBusy={isBusy}
      error={error}
      onSubmit={() => void prove(() => session.prove({ [kind]: shown }))}
      onCancel={() => onAnswer(false)}
    >
      {kind === 'code' ? (
        <>
          {ways?.methods.includes('passkey') && (
            <Button formAction="none" disabled={isBusy} onClick={() => void prove(() => session.proveByPasskey())}>
              Use a passkey
            </Button>
          )}
          <CodeField value={shown} onChange={setShown} />
        </>
      ) : (
        <Field
          label="Password"
          description="Changes of sign-in and access need it every fifteen minutes."
          missing={shown === '' && 'Enter your password.'}
        >
          <Input
            value={shown}
            type="password"
            autoComplete="current-password"
            onChange={({ detail }) => setShown(detail.value)}
          />
        </Field>
      )}
    </FormModal>
  );
};

/** Asks to prove again who is at the keyboard, where a request waits for it. */
export const Prove = () => {
  const asked = useSyncExternalStore(proof.subscribe, proof.asked);
  return asked && <ProveForm kind={asked.kind} onAnswer={asked.answer} />;
};
