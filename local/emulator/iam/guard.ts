import { AwsError } from '../services/core/aws-error.ts';
import type { Assembly, LocalLog } from '../types.ts';
import { allows, type Ask } from './policy.ts';
import { functionRoles } from './roles.ts';

/** Who signed a request, and for which region: the first parts of the credential scope of Signature Version 4. */
export interface Signer {
  readonly accessKeyId: string;
  readonly region: string;
}

export interface Guard {
  /**
   * Throws the service's refusal where the role of the function that signed a request does not allow all that it asks.
   * Callers other than functions, such as a test or the run itself, may do everything. Signatures are not verified.
   */
  check(service: string, signer: Signer, asks: () => readonly Ask[]): void;
  /** What was refused, each once: a role that lacks something, in the words of AWS. */
  refused(): readonly string[];
  /** Roles are those of this assembly from now on. */
  reload(assembly: Assembly): void;
}

/** Holds functions to their roles, as IAM would. A function's access key is its name. */
export function createGuard(assembly: Assembly, log: LocalLog): Guard {
  let roles = functionRoles(assembly);
  const refusals = new Set<string>();
  return {
    check(service, { accessKeyId }, asks) {
      const statements = roles.get(accessKeyId);
      if (!statements) return;
      for (const ask of asks()) {
        if (allows(statements, ask)) continue;
        const { action, resource } = ask;
        const message = `${accessKeyId} is not authorized to perform: ${action} on resource: ${resource}`;
        const told = `${message} ${JSON.stringify(ask.context ?? {})}`;
        if (!refusals.has(told)) log('iam', told);
        refusals.add(told);
        throw refusal(service, message);
      }
    },
    refused: () => [...refusals],
    reload: (next) => {
      roles = functionRoles(next);
    },
  };
}

/** Of the `Authorization` header of a signed request. */
export function signerOf(authorization: string | undefined): Signer {
  const [, accessKeyId = '', region = ''] = /Credential=([^/,\s]+)\/\d+\/([^/]+)\//.exec(authorization ?? '') ?? [];
  return { accessKeyId, region };
}

function refusal(service: string, message: string): AwsError {
  if (service === 'sns') return new AwsError('AuthorizationError', message, 403);
  return new AwsError(
    'AccessDeniedException',
    message,
    service === 'dynamodb' || service === 'secretsmanager' ? 400 : 403,
  );
}
