import type { Assembly, Resource } from '../types.ts';
import { readStatements, type Statement } from './policy.ts';

interface PolicyProperties {
  readonly PolicyDocument?: unknown;
  readonly Roles?: readonly string[];
}

// Logs are written without a call that could be refused here.
const LOGS_ONLY = /:policy\/service-role\/AWSLambdaBasicExecutionRole$/;

/**
 * What each function of the templates may do, by its name: the policies of its role, those in the role and those that
 * are attached to it. Throws for a managed policy of AWS whose content is not known here.
 */
export function functionRoles(assembly: Pick<Assembly, 'byType'>): ReadonlyMap<string, readonly Statement[]> {
  const attached = [...assembly.byType('AWS::IAM::Policy'), ...assembly.byType('AWS::IAM::ManagedPolicy')];
  const managed = new Map(assembly.byType('AWS::IAM::ManagedPolicy').map((policy) => [policy.arn, policy]));

  const statementsOf = (role: Resource): readonly Statement[] => {
    const { Policies = [], ManagedPolicyArns = [] } = role.properties as {
      readonly Policies?: readonly PolicyProperties[];
      readonly ManagedPolicyArns?: readonly string[];
    };
    const named = ManagedPolicyArns.filter((arn) => !LOGS_ONLY.test(arn)).map((arn) => {
      const policy = managed.get(arn);
      if (!policy) throw new Error(`Role ${role.logicalId}: the local run does not know the managed policy ${arn}`);
      return policy.properties as PolicyProperties;
    });
    const own = attached
      .map(({ properties }) => properties as PolicyProperties)
      .filter(({ Roles = [] }) => Roles.includes(role.physicalId));
    return [...Policies, ...named, ...own].flatMap(({ PolicyDocument }) => readStatements(PolicyDocument));
  };

  const roles = new Map(assembly.byType('AWS::IAM::Role').map((role) => [role.arn, role]));
  const found = new Map<string, readonly Statement[]>();
  for (const fn of assembly.byType('AWS::Lambda::Function')) {
    const role = roles.get(String(fn.properties['Role']));
    found.set(fn.physicalId, role ? statementsOf(role) : []);
  }
  return found;
}
