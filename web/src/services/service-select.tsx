import Select from '@cloudscape-design/components/select';
import { useQuery } from '@tanstack/react-query';
import { allOf } from '../api/all-of.ts';
import { api, bodyOf } from '../api/client.ts';
import { useCan } from '../session/use-session.ts';

const SELDOM_MS = 60_000;

export const useServices = () => {
  const isAllowed = useCan()('oncall.read');
  return useQuery({
    queryKey: ['services'],
    queryFn: ({ signal }) =>
      allOf((cursor) => bodyOf(api.GET('/api/services', { params: { query: { limit: 100, ...cursor } }, signal }))),
    staleTime: SELDOM_MS,
    enabled: isAllowed,
  });
};

interface ServiceSelectProps {
  readonly value: string | null;
  readonly onChange: (name: string | null) => void;
}

/** Chooses a service by name, or none. A name that is not in the catalogue can be typed. */
export const ServiceSelect = ({ value, onChange }: ServiceSelectProps) => {
  const { data } = useServices();
  const options = (data?.items ?? []).map(({ name }) => ({ value: name, label: name }));
  const none = { value: '', label: 'No service' };
  return (
    <Select
      selectedOption={value === null ? none : { value, label: value }}
      options={[none, ...options]}
      filteringType="auto"
      empty="No service is in the catalogue yet."
      onChange={({ detail }) => onChange(detail.selectedOption.value || null)}
    />
  );
};
