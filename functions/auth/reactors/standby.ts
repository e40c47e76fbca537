import { streamReactor, type PoisonDeps } from '../../../shared/aws/stream.ts';
import { lazy } from '../../../shared/kernel/lazy.ts';
import { standbyDeps } from '../deps.ts';
import { registerKeeper, type AuthItem, type KeepRegisterDeps } from '../standby/keep-register.ts';

/** Has the standby register follow who may call. */
export const follower = (deps: () => PoisonDeps & KeepRegisterDeps) => {
  const keep = lazy(() => registerKeeper(deps()));
  return streamReactor<AuthItem>(deps, (written) => keep()(written));
};

export const handler = follower(standbyDeps);
