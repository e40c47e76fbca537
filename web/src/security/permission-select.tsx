import Multiselect from '@cloudscape-design/components/multiselect';
import { PERMISSION_OPTIONS, type Pattern } from './permissions.ts';

interface PermissionSelectProps {
  readonly value: readonly Pattern[];
  readonly onChange: (patterns: Pattern[]) => void;
}

/** Chooses permissions, each with what it allows. */
export const PermissionSelect = ({ value, onChange }: PermissionSelectProps) => (
  <Multiselect
    selectedOptions={value.map((each) => ({ value: each, label: each }))}
    options={PERMISSION_OPTIONS}
    filteringType="auto"
    placeholder="Choose permissions"
    deselectAriaLabel={({ label }) => `Remove ${label}`}
    onChange={({ detail }) => onChange(detail.selectedOptions.map((each) => each.value as Pattern))}
  />
);
