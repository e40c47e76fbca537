import { sentenceOf } from '../api/refusal.ts';
import { session } from '../session/session.ts';
import { notify } from './notices.tsx';

/** Signs out. Only the backend can end the session, so a person whom it does not answer is still signed in, and sees that. */
export const signOut = (): void => {
  session.logout().catch((error: unknown) => notify('error', `You are still signed in. ${sentenceOf(error)}`));
};
