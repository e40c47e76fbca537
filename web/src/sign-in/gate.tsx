import Box from '@cloudscape-design/components/box';
import type { ReactNode } from 'react';
import bell from '../bell.svg';

/** The frame of what is shown before the pages. */
export const Gate = ({ children }: { readonly children: ReactNode }) => (
  <main className="gate">
    <div className="gate-card">
      <div className="brand">
        <img src={bell} alt="" />
        <Box variant="span" fontSize="heading-xl" fontWeight="bold">
          Tocsin
        </Box>
      </div>
      {children}
    </div>
  </main>
);
