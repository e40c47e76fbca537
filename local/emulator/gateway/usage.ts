import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Assembly, LocalClock } from '../types.ts';

/** An API Gateway API key. Times are milliseconds since the epoch, in moved time. */
export interface UsageKey {
  readonly id: string;
  readonly name: string;
  /** The secret that a client or an authorizer presents; unique. */
  readonly value: string;
  readonly description: string | undefined;
  readonly customerId: string | undefined;
  readonly enabled: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Usage plans that the key is a member of, by id. */
  readonly planIds: readonly string[];
  /** Declared by the template: it is seeded at every start and not written to the data directory. */
  readonly fromTemplate: boolean;
}

export interface Throttle {
  /** Tokens a second. */
  readonly rateLimit: number;
  readonly burstLimit: number;
}

export interface Quota {
  readonly limit: number;
  readonly offset: number;
  readonly period: 'DAY' | 'WEEK' | 'MONTH';
}

/** A usage plan; plans come from the template only. */
export interface UsagePlan {
  readonly id: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly throttle: Throttle | undefined;
  readonly quota: Quota | undefined;
  readonly stages: readonly {
    readonly apiId: string;
    readonly stage: string;
    /** By `/resource/METHOD`. */
    readonly methodThrottles: Readonly<Record<string, Throttle>>;
  }[];
}

export interface NewUsageKey {
  readonly id?: string;
  readonly name?: string;
  /** 20 to 128 characters; one is made up if absent. */
  readonly value?: string;
  readonly description?: string;
  readonly customerId?: string;
  /** False unless said, as in API Gateway. */
  readonly enabled?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

export type UsageKeyErrorCode = 'NotFoundException' | 'ConflictException' | 'BadRequestException';

/** Refused by the key store; `code` is the name of the exception that API Gateway's control plane answers with. */
export class UsageKeyError extends Error {
  override readonly name = 'UsageKeyError';
  readonly code: UsageKeyErrorCode;

  constructor(code: UsageKeyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface UsageKeysOptions {
  readonly assembly: Pick<Assembly, 'byType'>;
  readonly clock: Pick<LocalClock, 'now'>;
  /** Where dynamic keys are kept across runs; absent: in memory only. */
  readonly file?: string;
}

/**
 * API keys, usage plans and their membership: the one place that the control plane writes and the data plane reads.
 * A change is visible to the next request at once, and on disk after the current turn of the event loop.
 */
export class UsageKeys {
  readonly #byId = new Map<string, UsageKey>();
  readonly #byValue = new Map<string, UsageKey>();
  readonly #plans = new Map<string, UsagePlan>();
  readonly #clock: Pick<LocalClock, 'now'>;
  readonly #file: string | undefined;
  #writePending = false;

  constructor(options: UsageKeysOptions) {
    this.#clock = options.clock;
    this.#file = options.file;
    this.#seed(options.assembly);
    this.#load();
  }

  /** Throws `ConflictException` for a value or an id that exists, `BadRequestException` for a value of a wrong length. */
  createKey(key: NewUsageKey): UsageKey {
    if (key.value !== undefined && (key.value.length < 20 || key.value.length > 128)) {
      throw new UsageKeyError('BadRequestException', 'API Key value should be at least 20 and at most 128 characters');
    }
    const value = key.value ?? randomBytes(30).toString('base64url');
    const id = key.id ?? randomId();
    if (this.#byValue.has(value) || this.#byId.has(id)) {
      throw new UsageKeyError('ConflictException', 'API Key already exists');
    }
    const now = this.#clock.now();
    return this.#put({
      id,
      name: key.name ?? id,
      value,
      description: key.description,
      customerId: key.customerId,
      enabled: key.enabled ?? false,
      createdAt: now,
      updatedAt: now,
      tags: key.tags ?? {},
      planIds: [],
      fromTemplate: false,
    });
  }

  /** Throws `NotFoundException`. */
  getKey(id: string): UsageKey {
    const key = this.#byId.get(id);
    if (!key) throw new UsageKeyError('NotFoundException', 'Invalid API Key identifier specified');
    return key;
  }

  findByValue(value: string): UsageKey | undefined {
    return this.#byValue.get(value);
  }

  /** In order of creation. */
  listKeys(filter: { readonly nameQuery?: string; readonly customerId?: string } = {}): readonly UsageKey[] {
    return [...this.#byId.values()].filter(
      (key) =>
        (filter.nameQuery === undefined || key.name.startsWith(filter.nameQuery)) &&
        (filter.customerId === undefined || key.customerId === filter.customerId),
    );
  }

  /** Throws `NotFoundException`. The value of a key never changes. */
  updateKey(
    id: string,
    change: Partial<Pick<UsageKey, 'name' | 'description' | 'customerId' | 'enabled' | 'tags'>>,
  ): UsageKey {
    return this.#put({ ...this.getKey(id), ...change, updatedAt: this.#clock.now() });
  }

  /** Throws `NotFoundException`. Membership of plans ends with the key. */
  deleteKey(id: string): void {
    const key = this.getKey(id);
    this.#byId.delete(id);
    this.#byValue.delete(key.value);
    this.#persist();
  }

  /** Throws `NotFoundException` for the key or the plan, `ConflictException` for a member, as API Gateway does. */
  addToPlan(planId: string, keyId: string): UsageKey {
    const key = this.getKey(keyId);
    this.getPlan(planId);
    if (key.planIds.includes(planId)) {
      throw new UsageKeyError('ConflictException', `Usage Plan ${planId} already has API Key ${keyId}`);
    }
    return this.#put({ ...key, planIds: [...key.planIds, planId] });
  }

  /** Throws `NotFoundException` when the key is no member. */
  removeFromPlan(planId: string, keyId: string): UsageKey {
    const key = this.getKey(keyId);
    if (!key.planIds.includes(planId)) {
      throw new UsageKeyError('NotFoundException', 'Invalid Usage Plan Key identifier specified');
    }
    return this.#put({ ...key, planIds: key.planIds.filter((each) => each !== planId) });
  }

  listPlanKeys(planId: string): readonly UsageKey[] {
    return [...this.#byId.values()].filter((key) => key.planIds.includes(planId));
  }

  /** Throws `NotFoundException`. */
  getPlan(id: string): UsagePlan {
    const plan = this.#plans.get(id);
    if (!plan) throw new UsageKeyError('NotFoundException', 'Invalid Usage Plan ID specified');
    return plan;
  }

  listPlans(): readonly UsagePlan[] {
    return [...this.#plans.values()];
  }

  /** The plan that holds for a key on a stage of an API, if any. */
  planFor(key: UsageKey, apiId: string, stage: string): UsagePlan | undefined {
    for (const planId of key.planIds) {
      const plan = this.#plans.get(planId);
      if (plan?.stages.some((each) => each.apiId === apiId && each.stage === stage)) return plan;
    }
    return undefined;
  }

  /** Writes what is pending; afterwards a new instance on the same file sees every change. */
  flush(): void {
    if (!this.#file || !this.#writePending) return;
    this.#writePending = false;
    const dynamic = [...this.#byId.values()].filter((key) => !key.fromTemplate);
    mkdirSync(dirname(this.#file), { recursive: true });
    const temporary = `${this.#file}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify({ version: 1, keys: dynamic }), { mode: 0o600 });
    renameSync(temporary, this.#file);
  }

  #put(key: UsageKey): UsageKey {
    this.#byId.set(key.id, key);
    this.#byValue.set(key.value, key);
    this.#persist();
    return key;
  }

  #persist(): void {
    if (!this.#file || this.#writePending) return;
    this.#writePending = true;
    setImmediate(() => this.flush());
  }

  #seed(assembly: Pick<Assembly, 'byType'>): void {
    for (const resource of assembly.byType('AWS::ApiGateway::UsagePlan')) {
      const { UsagePlanName, Description, Throttle: throttle, Quota: quota, ApiStages } = resource.properties;
      this.#plans.set(resource.physicalId, {
        id: resource.physicalId,
        name: UsagePlanName ?? resource.physicalId,
        description: Description,
        throttle: readThrottle(throttle),
        quota: quota && { limit: Number(quota.Limit), offset: Number(quota.Offset ?? 0), period: quota.Period },
        stages: ((ApiStages ?? []) as TemplateApiStage[]).map((stage) => ({
          apiId: stage.ApiId,
          stage: stage.Stage,
          methodThrottles: Object.fromEntries(
            Object.entries(stage.Throttle ?? {}).flatMap(([method, limits]) => {
              const limit = readThrottle(limits);
              return limit ? [[method, limit]] : [];
            }),
          ),
        })),
      });
    }
    const now = this.#clock.now();
    for (const resource of assembly.byType('AWS::ApiGateway::ApiKey')) {
      const { Name, Value, Description, CustomerId, Enabled, Tags } = resource.properties;
      const key: UsageKey = {
        id: resource.physicalId,
        name: Name ?? resource.physicalId,
        value: Value ?? `local-${resource.physicalId}`.padEnd(20, '0'),
        description: Description,
        customerId: CustomerId,
        enabled: Enabled === true || Enabled === 'true',
        createdAt: now,
        updatedAt: now,
        tags: Object.fromEntries(((Tags ?? []) as { Key: string; Value: string }[]).map((tag) => [tag.Key, tag.Value])),
        planIds: [],
        fromTemplate: true,
      };
      this.#byId.set(key.id, key);
      this.#byValue.set(key.value, key);
    }
    for (const resource of assembly.byType('AWS::ApiGateway::UsagePlanKey')) {
      const key = this.#byId.get(resource.properties['KeyId']);
      const planId: string = resource.properties['UsagePlanId'];
      if (!key || !this.#plans.has(planId)) continue;
      const member = { ...key, planIds: [...key.planIds, planId] };
      this.#byId.set(member.id, member);
      this.#byValue.set(member.value, member);
    }
  }

  // Membership of a plan that the template no longer has is dropped, as it is on AWS when the plan is deleted.
  #load(): void {
    if (!this.#file) return;
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    const saved = JSON.parse(text) as { keys: UsageKey[] };
    for (const key of saved.keys) {
      const kept = { ...key, planIds: key.planIds.filter((id) => this.#plans.has(id)) };
      this.#byId.set(kept.id, kept);
      this.#byValue.set(kept.value, kept);
    }
  }
}

interface TemplateApiStage {
  readonly ApiId: string;
  readonly Stage: string;
  readonly Throttle?: Record<string, unknown>;
}

function readThrottle(value: unknown): Throttle | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { RateLimit, BurstLimit } = value as { RateLimit?: number | string; BurstLimit?: number | string };
  if (RateLimit === undefined && BurstLimit === undefined) return undefined;
  const rateLimit = Number(RateLimit ?? Number.POSITIVE_INFINITY);
  return { rateLimit, burstLimit: Number(BurstLimit ?? rateLimit) };
}

function randomId(): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  return Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
