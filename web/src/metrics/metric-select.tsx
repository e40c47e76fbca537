import Autosuggest from '@cloudscape-design/components/autosuggest';
import { countText } from '../shell/figures.ts';
import { useMetricNames } from './use-metrics.ts';

interface MetricSelectProps {
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** Chooses a metric of the last hour, or any other by typing its name. */
export const MetricSelect = ({ value, onChange }: MetricSelectProps) => {
  const { data, isPending } = useMetricNames();
  return (
    <Autosuggest
      value={value}
      options={(data?.items ?? []).map(({ name, unit, series }) => ({
        value: name,
        description: countText(series, 'series', 'series'),
        ...(unit !== '' && { tags: [unit] }),
      }))}
      statusType={isPending ? 'loading' : 'finished'}
      loadingText="Loading the names"
      enteredTextLabel={(text) => `Use “${text}”`}
      clearAriaLabel="Clear the metric"
      placeholder="system.cpu_percent"
      empty="Nobody sent a metric in the last hour."
      onChange={({ detail }) => onChange(detail.value)}
    />
  );
};
