import './incidents.css';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TextContent from '@cloudscape-design/components/text-content';
import { useQuery } from '@tanstack/react-query';
import Markdown, { type Components } from 'react-markdown';
import { useParams } from 'react-router';
import remarkGfm from 'remark-gfm';
import { api, bodyOf } from '../api/client.ts';
import { Failed } from '../shell/failed.tsx';
import { useGo } from '../shell/go.ts';
import { Loading } from '../shell/loading.tsx';
import { saveFile } from '../shell/save-file.ts';
import { useTitle } from '../shell/use-title.ts';
import { useIncident } from './use-incidents.ts';

/** Its headings come below that of the page, and its check boxes are marks that nobody ticks. */
const AS: Components = {
  h1: 'h2',
  h2: 'h3',
  input: ({ checked }) => (
    <span role="img" aria-label={checked ? 'done' : 'open'}>
      {checked ? '☑' : '☐'}
    </span>
  ),
};

/** The review of an incident, rendered from its Markdown. HTML in it stays text. */
export const Review = () => {
  useTitle('Review');
  const { id = '' } = useParams();
  const go = useGo();
  const { data: incident } = useIncident(id);
  const { data, error, refetch } = useQuery({
    queryKey: ['incidents', id, 'review'],
    queryFn: ({ signal }) =>
      bodyOf(api.GET('/api/monitoring/incidents/{id}/review', { params: { path: { id } }, parseAs: 'text', signal })),
  });
  return (
    <SpaceBetween size="l">
      <div className="no-print">
        <BreadcrumbGroup
          items={[
            { text: 'Incidents', href: '/incidents' },
            { text: incident?.title ?? 'Incident', href: `/incidents/${id}` },
            { text: 'Review', href: `/incidents/${id}/review` },
          ]}
          ariaLabel="Where this page is"
          onFollow={go}
        />
      </div>
      <Header
        variant="h1"
        description="Written from the timeline. Times are UTC."
        actions={
          data !== undefined && (
            <span className="no-print">
              <SpaceBetween direction="horizontal" size="xs">
                <CopyToClipboard
                  copyButtonText="Copy Markdown"
                  textToCopy={data}
                  copySuccessText="Copied"
                  copyErrorText="The browser did not copy it. Download it instead."
                />
                <Button iconName="download" onClick={() => saveFile(`review-${id}.md`, 'text/markdown', data)}>
                  Download
                </Button>
                <Button onClick={() => window.print()}>Print</Button>
              </SpaceBetween>
            </span>
          )
        }
      >
        Review
      </Header>
      {data !== undefined ? (
        <Container>
          <TextContent>
            <div className="review">
              <Markdown remarkPlugins={[remarkGfm]} components={AS}>
                {data}
              </Markdown>
            </div>
          </TextContent>
        </Container>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading text="Writing the review" />
      )}
    </SpaceBetween>
  );
};
