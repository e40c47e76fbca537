import type { Export } from './export-file.ts';
import { goalert } from './goalert.ts';
import { oncall } from './oncall.ts';
import { opsgenie } from './opsgenie.ts';
import type { OldSystem, Vendor } from './old-system.ts';
import { pagerduty } from './pagerduty.ts';
import type { Zones } from './zones.ts';

type Read = (from: Export, zones: Zones) => OldSystem;

const READERS: Readonly<Record<Vendor, Read>> = { opsgenie, pagerduty, oncall, goalert };

/** What an export says that the old system had. */
export const readOld = (vendor: Vendor, from: Export, zones: Zones): OldSystem => READERS[vendor](from, zones);
