import Box from '@cloudscape-design/components/box';
import { useId, type ReactNode } from 'react';
import { useFieldError } from './fields.tsx';
import { useMissing } from './missing.ts';

interface GroupFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly pointer?: string;
  /** What it lacks before the form can be sent. */
  readonly missing?: string | false;
  readonly isOptional?: boolean;
  readonly children: ReactNode;
}

/**
 * A field of several inputs, each with a name of its own. A form field would call all of them by its label, whatever they say themselves.
 */
export const GroupField = ({ label, description, pointer, missing, isOptional = false, children }: GroupFieldProps) => {
  const id = useId();
  const lack = useMissing(missing);
  const refused = useFieldError(pointer);
  const error = lack.error ?? refused;
  return (
    <div role="group" aria-labelledby={id} {...lack.mark}>
      <Box variant="awsui-key-label">
        <span id={id}>
          {label}
          {isOptional && <i> - optional</i>}
        </span>
      </Box>
      {description !== undefined && <Box variant="small">{description}</Box>}
      {/* Above the inputs, whose lists open over what is below them. */}
      {error !== undefined && <Box color="text-status-error">{error}</Box>}
      {children}
    </div>
  );
};
