/** What another system had, in words of none. Ids are those of the old system. */
export interface OldSystem {
  readonly users: readonly OldUser[];
  readonly teams: readonly OldTeam[];
  readonly schedules: readonly OldSchedule[];
  readonly policies: readonly OldPolicy[];
  readonly services: readonly OldService[];
  readonly rules: readonly OldRule[];
  readonly integrations: readonly OldIntegration[];
  readonly heartbeats: readonly OldHeartbeat[];
  readonly maintenance: readonly OldMaintenance[];
  /** What its reader could not take over at all, or not whole. */
  readonly findings: readonly Finding[];
}

export const VENDORS = ['opsgenie', 'pagerduty', 'oncall', 'goalert'] as const;
export type Vendor = (typeof VENDORS)[number];

/** What becomes of one thing: it maps, it means something else afterwards, or it is lost. */
export interface Finding {
  readonly kind: string;
  readonly name: string;
  readonly verdict: 'maps' | 'changes' | 'lost';
  readonly reason: string;
}

export interface OldUser {
  readonly id: string;
  readonly name: string;
  readonly email: string | undefined;
  /** The role by its name in the old system. */
  readonly role: 'administrator' | 'user' | 'reader';
}

export interface OldTeam {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly members: readonly { readonly userId: string; readonly isLead: boolean }[];
}

/** Hours of the day or the week, on the wall. 1 is Monday. An end that is not after its start is on the next day, or in the next week. */
export type OldWindow =
  | { readonly type: 'daily'; readonly days: readonly number[]; readonly from: string; readonly to: string }
  | {
      readonly type: 'weekly';
      readonly fromDay: number;
      readonly from: string;
      readonly toDay: number;
      readonly to: string;
    };

/** People who take turns. */
export interface OldTurns {
  readonly name: string;
  /** Who has each turn, one after the other; nobody is a turn as well. */
  readonly slots: readonly (readonly string[])[];
  readonly unit: 'hours' | 'days' | 'weeks' | 'months';
  readonly every: number;
  /** When the first turn begins, on the wall: `2026-01-05T09:00`. */
  readonly start: string;
  /** Before this time on the wall nobody is on call, although turns are counted from `start`. */
  readonly notBefore: string | undefined;
  readonly end: string | undefined;
  /** Without any, all hours. */
  readonly windows: readonly OldWindow[];
}

/** In the order in which they were made, each applies to what the ones before it left. */
export interface OldOverride {
  readonly kind: 'replace' | 'add' | 'remove';
  readonly userId: string;
  /** With `replace`: the one who is relieved; without it everybody is. */
  readonly insteadOf: string | undefined;
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
}

export interface OldSchedule {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly timeZone: string;
  /** All turns of the last level that has anybody are on call together; levels below it are not. */
  readonly levels: readonly (readonly OldTurns[])[];
  readonly overrides: readonly OldOverride[];
  /** Who is on call by the old system itself, where the export says it; milliseconds. */
  readonly told?: readonly { readonly from: number; readonly to: number; readonly userId: string }[];
}

export interface OldTarget {
  readonly type: 'user' | 'schedule' | 'team';
  readonly id: string;
}

export interface OldPolicy {
  readonly id: string;
  readonly name: string;
  readonly steps: readonly {
    readonly targets: readonly OldTarget[];
    readonly inTurn: boolean;
    /** Minutes until the next step; undefined for the last one, where the old system waits for nothing. */
    readonly minutes: number | undefined;
  }[];
  /** How often all steps are repeated. */
  readonly repeat: number;
}

export interface OldService {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly teamId: string | undefined;
  readonly policyId: string | undefined;
}

/** Which policy an alert follows. All conditions must hold. */
export interface OldRule {
  readonly name: string;
  readonly conditions: readonly {
    readonly field: string;
    readonly test: 'is' | 'like' | 'exists';
    readonly values: readonly string[];
    readonly not: boolean;
  }[];
  readonly hours: { readonly timeZone: string; readonly windows: readonly OldWindow[] } | undefined;
  /** The policy, else the service that alerts are of; without either nobody is paged. */
  readonly policyId: string | undefined;
  readonly serviceId?: string | undefined;
  /** Of alerts of this integration only. */
  readonly integrationId?: string | undefined;
}

export interface OldIntegration {
  readonly id: string;
  readonly name: string;
  readonly vendorType: string;
  /** The type that takes the same messages; undefined where there is none. */
  readonly type: string | undefined;
  readonly serviceId: string | undefined;
  readonly teamId: string | undefined;
  readonly isEnabled: boolean;
}

export interface OldHeartbeat {
  readonly name: string;
  readonly seconds: number;
  readonly isEnabled: boolean;
  readonly severity: 'info' | 'warning' | 'error' | 'critical';
  readonly teamId: string | undefined;
}

export interface OldMaintenance {
  readonly name: string;
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly serviceIds: readonly string[];
  readonly integrationIds: readonly string[];
}
