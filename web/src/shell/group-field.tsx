import Box from '@cloudscape-design/components/box';
import { useId, type ReactNode } from 'react';
import { useFieldError } from './fields.tsx';

interface GroupFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly pointer?: string;
  readonly isOptional?: boolean;
  readonly children: ReactNode;
}

/**
 * A field of several inputs, each with a name of its own. A form field would call all of them by its label, whatever they say themselves.
 */
export const GroupField = ({ label, description, pointer, isOptional = false, children }: GroupFieldProps) => {
  const id = useId();
  const error = useFieldError(pointer);
  return (
    <div role="group" aria-labelledby={id}>
      <Box variant="awsui-key-label">
        <span id={id}>
          {label}
          {isOptional && <i> - optional</i>}
        </span>
      </Box>
      {description !== undefined && <Box variant="small">{description}</Box>}
      {children}
      {error !== undefined && <Box color="text-status-error">{error}</Box>}
    </div>
  );
};
