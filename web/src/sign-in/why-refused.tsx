import Alert from '@cloudscape-design/components/alert';
import Link from '@cloudscape-design/components/link';
import { sentenceOf } from '../api/refusal.ts';
import { PasskeysElsewhere } from '../session/passkey.ts';

/** Why somebody is not let in, with a link to the address where passkeys work. */
export const WhyRefused = ({ error }: { readonly error: unknown }) => (
  <Alert type="error">
    {sentenceOf(error)}
    {error instanceof PasskeysElsewhere && (
      <>
        {' '}
        <Link href={error.url} variant="primary">
          Open Tocsin there
        </Link>
      </>
    )}
  </Alert>
);
