import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { evaluateCondition, noValue, resolveValue, type Scope } from './assembly/intrinsics.ts';
import { identityOf, type Identity, type Place } from './assembly/names.ts';
import type { Assembly, Resource } from './types.ts';

const defaultAccount = '000000000000';
const defaultRegion = 'eu-central-1';

/** The assembly of one stage, and where the code of its functions lies. */
export interface CloudAssembly extends Assembly {
  /** Absolute path of a file asset (a directory for code), by the object key that the template gives. */
  assetPath(objectKey: string): string | undefined;
}

interface Template {
  readonly Parameters?: Record<string, { readonly Default?: unknown }>;
  readonly Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  readonly Conditions?: Record<string, unknown>;
  readonly Resources?: Record<string, TemplateResource>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Record<string, unknown>;
}

interface Stack {
  readonly id: string;
  readonly name: string;
  readonly template: Template;
  readonly region: string;
  readonly account: string;
  readonly scope: Scope;
  identity(logicalId: string): Identity;
  output(name: string): unknown;
}

/** What intrinsic functions read of other stacks. */
type OtherStacks = Pick<Scope, 'importValue' | 'stackOutput'>;

interface Manifest {
  readonly artifacts?: Record<
    string,
    {
      readonly type: string;
      readonly environment?: string;
      readonly properties?: Record<string, string>;
    }
  >;
}

/**
 * The templates of every stack of `stage` in a synthesised cloud assembly, read as one set of resources: intrinsic
 * functions are answered, also across stacks, and names are the same in every run. A stack belongs to a stage when
 * the stage is a part of its name between dashes (`Shop-dev-app`). Throws when there is none, for an unknown
 * intrinsic function and for a value that no other stack gives.
 */
export function readAssembly(directory: string, stage: string): CloudAssembly {
  const root = resolve(directory);
  const assets = new Map<string, string>();
  const stacks: Stack[] = [];
  const stackNames: string[] = [];
  const importValue = (name: string): unknown => {
    for (const stack of stacks) {
      for (const output of Object.values(stack.template.Outputs ?? {})) {
        if (output.Export && resolveValue(output.Export.Name, stack.scope) === name) {
          return resolveValue(output.Value, stack.scope);
        }
      }
    }
    throw new Error(`Nothing of stage ${stage} exports ${name}`);
  };
  const stackOutput = (stackName: string, output: string): unknown => {
    const found = stacks.find(({ name, template }) => name === stackName && template.Outputs?.[output]);
    if (!found) throw new Error(`No stack ${stackName} of stage ${stage} has the output ${output}`);
    return found.output(output);
  };

  const addStack = (file: string, id: string, name: string, environment: string, parameters: Parameters): Stack => {
    const stack = openStack(
      file,
      id,
      name,
      environment,
      parameters,
      assets,
      { importValue, stackOutput },
      (logicalId, templateFile, values) =>
        addStack(
          templateFile,
          `${id}-${logicalId}`,
          `${name}-${logicalId}`,
          environment,
          Object.fromEntries(
            Object.entries(values).map(([key, value]) => [key, () => resolveValue(value, stack.scope)]),
          ),
        ),
    );
    stacks.push(stack);
    return stack;
  };

  const readDirectory = (path: string): void => {
    const manifestFile = join(path, 'manifest.json');
    if (!existsSync(manifestFile)) throw new Error(`There is no cloud assembly at ${path}: synthesise it first`);
    const artifacts = Object.entries(readJson<Manifest>(manifestFile).artifacts ?? {});
    for (const [, artifact] of artifacts) {
      if (artifact.type === 'cdk:asset-manifest') readAssets(join(path, artifact.properties?.['file'] ?? ''), assets);
    }
    for (const [id, artifact] of artifacts) {
      const properties = artifact.properties ?? {};
      if (artifact.type === 'cdk:cloud-assembly') readDirectory(join(path, properties['directoryName'] ?? id));
      if (artifact.type !== 'aws:cloudformation:stack') continue;
      const name = properties['stackName'] ?? id;
      stackNames.push(name);
      if (!name.split('-').includes(stage)) continue;
      addStack(join(path, properties['templateFile'] ?? ''), id, name, artifact.environment ?? '', {});
    }
  };
  readDirectory(root);
  const [first] = stacks;
  if (!first) {
    throw new Error(`No stack of stage ${stage} in ${root}; it has ${stackNames.join(', ') || 'none at all'}`);
  }

  const resources: Resource[] = [];
  const byType = new Map<string, Resource[]>();
  const byName = new Map<string, Resource>();
  for (const stack of stacks) {
    for (const [logicalId, declared] of Object.entries(stack.template.Resources ?? {})) {
      if (declared.Condition && !stack.scope.condition(declared.Condition)) continue;
      if (isInert(declared.Type)) continue;
      const identity = stack.identity(logicalId);
      const resource: Resource = {
        stack: stack.id,
        logicalId,
        type: declared.Type,
        properties: resolveValue(declared.Properties ?? {}, stack.scope) as Record<string, unknown>,
        physicalId: identity.ref,
        arn: identity.arn,
      };
      resources.push(resource);
      byType.set(resource.type, [...(byType.get(resource.type) ?? []), resource]);
      for (const name of [
        identity.ref,
        identity.arn,
        identity.attributes['StreamArn'],
        identity.attributes['QueueName'],
      ]) {
        if (name && !byName.has(name)) byName.set(name, resource);
      }
    }
  }
  return {
    region: first.region,
    account: first.account,
    stage,
    resources,
    directory: root,
    byType: (type) => byType.get(type) ?? [],
    find: (arnOrId) => byName.get(arnOrId) ?? findLoosely(arnOrId, byName),
    assetPath: (objectKey) => assets.get(objectKey),
  };
}

type Parameters = Readonly<Record<string, () => unknown>>;

function openStack(
  file: string,
  id: string,
  name: string,
  environment: string,
  parameters: Parameters,
  assets: ReadonlyMap<string, string>,
  otherStacks: OtherStacks,
  openNested: (logicalId: string, templateFile: string, parameters: Record<string, unknown>) => Stack,
): Stack {
  const template = readJson<Template>(file);
  const [environmentAccount, environmentRegion] = environment.replace('aws://', '').split('/');
  const account = known(environmentAccount, defaultAccount);
  const region = known(environmentRegion, defaultRegion);
  const identities = new Map<string, Identity>();
  const nested = new Map<string, Stack>();
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': name,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${name}/00000000-0000-4000-8000-000000000000`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': noValue,
  };
  const declared = (logicalId: string): TemplateResource => {
    const resource = template.Resources?.[logicalId];
    if (!resource) throw new Error(`Template of stack ${name}: there is no resource or parameter ${logicalId}`);
    return resource;
  };
  // Only the properties that name a resource are resolved for its identity, so that resources may refer to each
  // other in circles (a queue's policy to the queue, the queue's name to nothing).
  const identity = (logicalId: string): Identity => {
    let found = identities.get(logicalId);
    if (!found) {
      const { Type, Properties = {} } = declared(logicalId);
      const naming = Object.fromEntries(
        Object.entries(Properties)
          .filter(([key]) => namingProperties.has(key))
          .map(([key, value]) => [key, resolveValue(value, scope)]),
      );
      const place: Place = { stack: name, logicalId, region, account };
      found = identityOf(Type, place, naming);
      identities.set(logicalId, found);
    }
    return found;
  };
  const scope: Scope = {
    stack: name,
    region,
    ref: (logicalId) => {
      if (Object.hasOwn(pseudo, logicalId)) return pseudo[logicalId];
      const parameter = template.Parameters?.[logicalId];
      if (parameter) return parameters[logicalId]?.() ?? parameter.Default ?? '';
      return identity(logicalId).ref;
    },
    attribute: (logicalId, attribute) => {
      const nestedStack = nested.get(logicalId);
      if (nestedStack && attribute.startsWith('Outputs.')) return nestedStack.output(attribute.slice(8));
      const { ref, attributes } = identity(logicalId);
      return attributes[attribute] ?? `${ref}.${attribute}`;
    },
    condition: (condition) => evaluateCondition(template.Conditions?.[condition], scope),
    findInMap: (map, first, second) => {
      const found = template.Mappings?.[map]?.[first]?.[second];
      if (found === undefined) {
        throw new Error(`Template of stack ${name}: mapping ${map} has no entry ${first}.${second}`);
      }
      return found;
    },
    ...otherStacks,
  };
  for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
    if (resource.Type !== 'AWS::CloudFormation::Stack') continue;
    const url = String(resolveValue(resource.Properties?.['TemplateURL'], scope));
    const nestedFile = assets.get(url.slice(url.lastIndexOf('/') + 1));
    if (!nestedFile) throw new Error(`Template of stack ${name}: the template of nested stack ${logicalId} is missing`);
    nested.set(
      logicalId,
      openNested(logicalId, nestedFile, (resource.Properties?.['Parameters'] ?? {}) as Record<string, unknown>),
    );
  }
  return {
    id,
    name,
    template,
    region,
    account,
    scope,
    identity,
    output: (output) => resolveValue(template.Outputs?.[output]?.Value, scope),
  };
}

const namingProperties = new Set([
  ...['Name', 'TableName', 'QueueName', 'FifoQueue', 'TopicName', 'FifoTopic', 'FunctionName', 'AliasName', 'RoleName'],
  ...['ManagedPolicyName', 'LogGroupName', 'StageName', 'GroupName', 'AlarmName', 'DashboardName', 'BucketName'],
  ...['Value', 'Type'],
]);

// They carry nothing that a run could use, and their properties may hold functions that only a deployment answers.
function isInert(type: string): boolean {
  return type === 'AWS::CDK::Metadata' || type === 'AWS::CloudFormation::Stack';
}

// A queue is also found by a URL on another host (the local endpoint), a function also by a qualified ARN and by an
// integration URI, a secret also by its name.
function findLoosely(id: string, byName: ReadonlyMap<string, Resource>): Resource | undefined {
  if (/^https?:/.test(id)) return byName.get(id.slice(id.lastIndexOf('/') + 1));
  const functionArn = /arn:aws:lambda:[^:]+:\d+:function:[^:/]+/.exec(id)?.[0];
  if (functionArn) return byName.get(functionArn);
  const secret = [...byName.values()].find(
    (resource) =>
      resource.type === 'AWS::SecretsManager::Secret' && resource.arn.replace(/^.*:secret:|-[^-]+$/g, '') === id,
  );
  return secret;
}

function readAssets(file: string, assets: Map<string, string>): void {
  if (!existsSync(file)) return;
  interface AssetManifest {
    readonly files?: Record<
      string,
      {
        readonly source?: { readonly path?: string };
        readonly destinations?: Record<string, { readonly objectKey?: string }>;
      }
    >;
  }
  for (const asset of Object.values(readJson<AssetManifest>(file).files ?? {})) {
    for (const { objectKey } of Object.values(asset.destinations ?? {})) {
      if (objectKey && asset.source?.path) assets.set(objectKey, join(dirname(file), asset.source.path));
    }
  }
}

function known(value: string | undefined, otherwise: string): string {
  return value && !value.startsWith('unknown-') ? value : otherwise;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
