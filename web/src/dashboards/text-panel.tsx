import TextContent from '@cloudscape-design/components/text-content';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

/** Its headings come below that of the panel. */
const AS: Components = { h1: 'h3', h2: 'h3', h3: 'h4', img: ({ alt }) => <span>{alt}</span> };

/** A text in Markdown. HTML in it stays text, and pictures of other hosts are not asked for. */
export const TextPanel = ({ text }: { readonly text: string }) => (
  <TextContent>
    <div className="wrap">
      <Markdown remarkPlugins={[remarkGfm]} components={AS}>
        {text}
      </Markdown>
    </div>
  </TextContent>
);
