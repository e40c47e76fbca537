import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { Refusal, sentenceOf } from '../api/refusal.ts';

/** A request that failed: what happened, and the offer to try again. */
export const Failed = ({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) => (
  <Alert
    type="error"
    action={
      <Button formAction="none" onClick={onRetry}>
        Try again
      </Button>
    }
  >
    {sentenceOf(error)}
    {error instanceof Refusal && error.requestId !== undefined && <> The request was {error.requestId}.</>}
  </Alert>
);
