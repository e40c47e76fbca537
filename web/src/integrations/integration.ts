import { useQuery } from '@tanstack/react-query';
import { api, bodyOf, type Schemas } from '../api/client.ts';

export type Integration = Schemas['Integration'];
export type IntegrationType = Integration['type'];
export type Mapping = Schemas['Mapping'];
export type Preset = Schemas['IntegrationPreset'];
/** What is saved together. */
export type Settings = Pick<
  Integration,
  | 'name'
  | 'service'
  | 'team'
  | 'defaultSeverity'
  | 'severities'
  | 'eventsPerMinute'
  | 'autoResolveMinutes'
  | 'accounts'
  | 'configurationAccess'
  | 'mapping'
  | 'enabled'
>;

export const INTEGRATIONS = ['integrations'] as const;
export const EVERY_MS = 15_000;
const SELDOM_MS = 3_600_000;

/** All integrations, oldest first. */
export const useIntegrations = () =>
  useQuery({
    queryKey: [...INTEGRATIONS, 'list'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/integrations', { signal })),
    refetchInterval: EVERY_MS,
  });

export const useIntegration = (key: string) =>
  useQuery({
    queryKey: [...INTEGRATIONS, 'one', key],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/integrations/{key}', { params: { path: { key } }, signal })),
    refetchInterval: EVERY_MS,
  });

/** The vendors whose webhooks need no mapping. They change with a new version only. */
export const usePresets = (isWanted = true) =>
  useQuery({
    enabled: isWanted,
    queryKey: ['integration-presets'],
    queryFn: ({ signal }) => bodyOf(api.GET('/api/integrations/presets', { signal })),
    staleTime: SELDOM_MS,
  });

export const presetOf = (presets: readonly Preset[] | undefined, type: string): Preset | undefined =>
  presets?.find((each) => each.type === type);

/** Types that have no preset, with what each takes. */
export const OWN_TYPES: Readonly<Record<string, readonly [title: string, about: string]>> = {
  alertmanager: ['Alertmanager', 'Its webhook, also of Grafana Mimir and VictoriaMetrics.'],
  pagerduty: ['PagerDuty client', 'Whatever sends to the Events API of PagerDuty.'],
  opsgenie: ['Opsgenie client', 'Whatever uses the Alert API of Opsgenie.'],
  webhook: ['Any other webhook', 'JSON or a form. You say which field is what.'],
};

export const titleOf = (presets: readonly Preset[] | undefined, type: string): string =>
  OWN_TYPES[type]?.[0] ?? presetOf(presets, type)?.title ?? type;

/** True where messages are taken apart by a mapping: that of the vendor, or one of its own. */
export const takesMapping = (presets: readonly Preset[] | undefined, type: string): boolean =>
  type === 'webhook' || presetOf(presets, type) !== undefined;

/** The settings of an integration, as they are saved together. */
export const settingsOf = ({
  name,
  service,
  team,
  defaultSeverity,
  severities,
  eventsPerMinute,
  autoResolveMinutes,
  accounts,
  configurationAccess,
  mapping,
  enabled,
}: Integration): Settings => ({
  name,
  service,
  team,
  defaultSeverity,
  severities,
  eventsPerMinute,
  enabled,
  ...(autoResolveMinutes !== undefined && { autoResolveMinutes }),
  ...(accounts && { accounts }),
  ...(configurationAccess !== undefined && { configurationAccess }),
  ...(mapping && { mapping }),
});

export const saveIntegration = (key: string, version: number, settings: Settings): Promise<Integration> =>
  bodyOf(api.PUT('/api/integrations/{key}', { params: { path: { key } }, body: { ...settings, version } }));
