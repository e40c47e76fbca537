import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';

interface CardProps<T> {
  readonly title: string;
  /** The page that shows all of it. */
  readonly href?: string;
  readonly read: { readonly data: T | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly children: (data: T) => ReactNode;
}

/** A part of the overview. It shows what was read last, also while nothing new can be read. */
export const Card = <T,>({ title, href, read: { data, error, refetch }, children }: CardProps<T>) => {
  const go = useGo();
  return (
    <Container
      fitHeight
      header={
        <Header
          variant="h2"
          actions={
            href !== undefined && (
              <Link href={href} onFollow={go} ariaLabel={`${title}: show all`}>
                Show all
              </Link>
            )
          }
        >
          {title}
        </Header>
      }
    >
      {data !== undefined ? (
        children(data)
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Container>
  );
};

/** What a card says where it has nothing to show. */
export const Nothing = ({ children }: { readonly children: ReactNode }) => (
  <Box color="text-body-secondary">{children}</Box>
);
