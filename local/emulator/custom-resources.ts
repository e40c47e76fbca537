import { randomUUID } from 'node:crypto';
import { startHttpServer } from './services/core/http-server.ts';
import type { LocalLambdas } from './lambda/lambdas.ts';
import type { Assembly, Resource } from './types.ts';

interface Answer {
  readonly Status?: string;
  readonly Reason?: string;
}

/**
 * Has functions of the assembly create their custom resources, as CloudFormation does at a first deployment: each run sends `Create`, which
 * such a function must take again. Custom resources of other functions belong to a deployment. Rejects with the reason of one that fails.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export async function createCustomResources(
  assembly: Assembly,
  lambdas: LocalLambdas,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const nameOf = ({ properties }: Resource): string =>
    assembly.find(String(properties['ServiceToken']))?.physicalId ?? '';
  const ours = assembly.resources.filter(
    (each) => each.properties['ServiceToken'] !== undefined && lambdas.names.includes(nameOf(each)),
  );
  if (ours.length === 0) return;
  const answers = new Map<string, Answer>();
  const server = await startHttpServer(({ url, body }) => {
    answers.set(url.pathname, JSON.parse(body.toString('utf8')) as Answer);
    return Promise.resolve({ status: 200, headers: {}, body: '' });
  });
  try {
    for (const resource of ours) {
      const RequestId = randomUUID();
      await lambdas.invokeAtDeployment(variables, nameOf(resource), {
        RequestType: 'Create',
        RequestId,
        ResponseURL: `${server.url}/${RequestId}`,
        StackId: `arn:aws:cloudformation:${assembly.region}:${assembly.account}:stack/${resource.stack}/${RequestId}`,
        ResourceType: resource.type,
        LogicalResourceId: resource.logicalId,
        ResourceProperties: resource.properties,
      });
      const { Status, Reason = 'its function did not answer' } = answers.get(`/${RequestId}`) ?? {};
      if (Status !== 'SUCCESS') throw new Error(`${resource.logicalId} could not be created: ${Reason}`);
    }
  } finally {
    await server.stop();
  }
}
