import '@cloudscape-design/global-styles/index.css';
import './console.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Console } from './console.tsx';
import { applyAppearance } from './me/appearance.ts';
import { session } from './session/session.ts';

applyAppearance();
void session.open();
const root = document.getElementById('console');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Console />
    </StrictMode>,
  );
}
