import Select from '@cloudscape-design/components/select';
import { useMonitors } from '../monitors/monitor.ts';
import { useServices } from '../services/service-select.tsx';

/** What a component follows: the monitors of a service, one monitor, or neither. */
export interface Source {
  readonly service: string | null;
  readonly monitor: string | null;
}

const PEOPLE = { value: '', label: 'What people say' };

interface SourceSelectProps {
  readonly value: Source;
  readonly label: string;
  readonly onChange: (value: Source) => void;
}

export const SourceSelect = ({ value: { service, monitor }, label, onChange }: SourceSelectProps) => {
  const services = (useServices().data?.items ?? []).map(({ name }) => ({ value: `service ${name}`, label: name }));
  const monitors = (useMonitors().data?.items ?? []).map(({ id, name }) => ({ value: `monitor ${id}`, label: name }));
  const value = service !== null ? `service ${service}` : monitor !== null ? `monitor ${monitor}` : '';
  const chosen = [PEOPLE, ...services, ...monitors].find((option) => option.value === value) ?? {
    value,
    label: service ?? monitor ?? '',
  };
  return (
    <Select
      selectedOption={chosen}
      options={[
        PEOPLE,
        ...(services.length > 0 ? [{ label: 'The monitors of a service', options: services }] : []),
        ...(monitors.length > 0 ? [{ label: 'One monitor', options: monitors }] : []),
      ]}
      ariaLabel={label}
      filteringType="auto"
      expandToViewport
      onChange={({ detail }) => {
        const [kind, ...rest] = (detail.selectedOption.value ?? '').split(' ');
        const name = rest.join(' ');
        onChange({ service: kind === 'service' ? name : null, monitor: kind === 'monitor' ? name : null });
      }}
    />
  );
};
