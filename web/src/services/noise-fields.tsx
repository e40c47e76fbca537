import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { NumberField, TextField } from '../shell/fields.tsx';
import type { RoutingRule } from './catalogue.ts';

export type Noise = NonNullable<RoutingRule['noise']>;
type Part = 'threshold' | 'flapping' | 'group';

/** What a part begins with when it is switched on. */
const BEGINNINGS = {
  threshold: { events: 3, minutes: 5 },
  flapping: { openings: 3, minutes: 30, stableMinutes: 10 },
  group: { by: ['service'], waitSeconds: 30, intervalSeconds: 300 },
} as const;

interface NoiseFieldsProps {
  readonly noise: Noise;
  readonly onChange: (noise: Noise) => void;
}

/** When people are paged for the alerts of a rule. They are stored and shown at once in any case. */
export const NoiseFields = ({ noise, onChange }: NoiseFieldsProps) => {
  const { threshold, flapping, group, repeatMinutes, exceptCritical = false } = noise;
  const [byText, setByText] = useState(group?.by.join(', ') ?? '');
  const without = (part: keyof Noise): Noise => {
    const { [part]: _, ...rest } = noise;
    return rest;
  };
  const turn = (part: Part, isOn: boolean): void => {
    if (part === 'group' && isOn) setByText(BEGINNINGS.group.by.join(', '));
    onChange(isOn ? ({ ...noise, [part]: structuredClone(BEGINNINGS[part]) } as Noise) : without(part));
  };
  return (
    <ExpandableSection headerText="Noise" defaultExpanded={Object.keys(noise).length > 0}>
      <SpaceBetween size="m">
        <Checkbox checked={threshold !== undefined} onChange={({ detail }) => turn('threshold', detail.checked)}>
          Page only after several events
        </Checkbox>
        {threshold && (
          <div className="form-grid">
            <NumberField
              label="Events"
              value={threshold.events}
              onChange={(events = 2) => onChange({ ...noise, threshold: { ...threshold, events } })}
            />
            <NumberField
              label="Within minutes"
              value={threshold.minutes}
              onChange={(minutes = 1) => onChange({ ...noise, threshold: { ...threshold, minutes } })}
            />
          </div>
        )}
        <Checkbox checked={flapping !== undefined} onChange={({ detail }) => turn('flapping', detail.checked)}>
          Damp alerts that open and resolve again and again
        </Checkbox>
        {flapping && (
          <div className="form-grid">
            <NumberField
              label="Openings"
              value={flapping.openings}
              onChange={(openings = 2) => onChange({ ...noise, flapping: { ...flapping, openings } })}
            />
            <NumberField
              label="Within minutes"
              value={flapping.minutes}
              onChange={(minutes = 1) => onChange({ ...noise, flapping: { ...flapping, minutes } })}
            />
            <NumberField
              label="Page once open for minutes"
              value={flapping.stableMinutes}
              onChange={(stableMinutes = 1) => onChange({ ...noise, flapping: { ...flapping, stableMinutes } })}
            />
          </div>
        )}
        <Checkbox checked={group !== undefined} onChange={({ detail }) => turn('group', detail.checked)}>
          Page alerts that belong together as one
        </Checkbox>
        {group && (
          <div className="form-grid">
            <TextField
              label="With the same"
              description="Fields such as service or labels.cluster, with commas."
              value={byText}
              onChange={(text) => {
                setByText(text);
                const by = text.split(',').map((each) => each.trim());
                onChange({ ...noise, group: { ...group, by: by.filter((each) => each !== '') } });
              }}
            />
            <NumberField
              label="Seconds after the first"
              value={group.waitSeconds}
              onChange={(waitSeconds = 0) => onChange({ ...noise, group: { ...group, waitSeconds } })}
            />
            <NumberField
              label="Later ones every seconds"
              value={group.intervalSeconds}
              onChange={(intervalSeconds = 10) => onChange({ ...noise, group: { ...group, intervalSeconds } })}
            />
          </div>
        )}
        <div className="form-grid">
          <NumberField
            label="Page again after so many minutes"
            value={repeatMinutes}
            placeholder="never"
            onChange={(minutes) =>
              onChange(minutes === undefined ? without('repeatMinutes') : { ...noise, repeatMinutes: minutes })
            }
          />
        </div>
        <Checkbox
          checked={exceptCritical}
          onChange={({ detail }) =>
            onChange(detail.checked ? { ...noise, exceptCritical: true } : without('exceptCritical'))
          }
        >
          Page critical alerts at once
        </Checkbox>
      </SpaceBetween>
    </ExpandableSection>
  );
};

/** What the settings of a rule say, for its line in the list. */
export const noiseWords = ({ threshold, flapping, group, repeatMinutes }: Noise): string[] => [
  ...(threshold ? [`paged after ${threshold.events} events in ${threshold.minutes} minutes`] : []),
  ...(flapping ? [`damped from ${flapping.openings} openings in ${flapping.minutes} minutes on`] : []),
  ...(group ? [`paged as one by ${group.by.join(', ') || 'the rule'}`] : []),
  ...(repeatMinutes === undefined ? [] : [`paged again every ${repeatMinutes} minutes`]),
];
