import { useNavigate } from 'react-router';

interface Followed {
  readonly preventDefault: () => void;
  readonly detail: { readonly href?: string | undefined; readonly external?: boolean | undefined };
}

/** Follows links of Cloudscape within the console, without a reload. */
export const useGo = (): ((event: Followed) => void) => {
  const navigate = useNavigate();
  return (event) => {
    const { href, external } = event.detail;
    if (href === undefined || external || !href.startsWith('/') || href.startsWith('/api/')) return;
    event.preventDefault();
    void navigate(href);
  };
};
