import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import type { ReactNode } from 'react';
import { useGo } from '../shell/go.ts';

interface CardProps<T> {
  readonly title: string;
  readonly description?: string;
  /** The page that shows all of it. */
  readonly href?: string | undefined;
  /** Null while the backend cannot read this part. */
  readonly part: T | null;
  readonly children: (part: T) => ReactNode;
}

/** A part of the overview. It says so where the backend cannot read it just now. */
export const Card = <T,>({ title, description, href, part, children }: CardProps<T>) => {
  const go = useGo();
  return (
    <Container
      fitHeight
      header={
        <Header
          variant="h2"
          {...(description !== undefined && { description })}
          actions={
            href !== undefined && (
              <Link href={href} onFollow={go} ariaLabel={`Show all of ${title}`}>
                Show all
              </Link>
            )
          }
        >
          {title}
        </Header>
      }
    >
      {part === null ? <Nothing>This part cannot be read at this moment. It is tried again.</Nothing> : children(part)}
    </Container>
  );
};

/** What a card says where it has nothing to show. */
export const Nothing = ({ children }: { readonly children: ReactNode }) => (
  <Box color="text-body-secondary">{children}</Box>
);
