import { Graph as Layered, layout } from '@dagrejs/dagre';
import type { Service } from './catalogue.ts';

interface GraphProps {
  readonly services: readonly Service[];
  readonly healthOf: (name: string) => string;
  /** The id of the service whose neighbours stand out; empty for none. */
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

const WIDTH = 168;
const HEIGHT = 48;
const MARGIN = 12;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Layers from those that nothing needs down to those that need nothing. */
const placed = (services: readonly Service[]) => {
  const graph = new Layered();
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 56, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(services.map(({ id }) => id));
  for (const { id } of services) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const { id, dependsOn } of services) {
    for (const other of dependsOn) if (known.has(other)) graph.setEdge(id, other);
  }
  layout(graph);
  const { width = WIDTH, height = HEIGHT } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    nodes: new Map(services.map(({ id }) => [id, graph.node(id) as Place])),
    edges: graph.edges().map(({ v, w }) => ({
      from: v,
      to: w,
      points: lined(graph.node(v) as Place, graph.node(w) as Place, (graph.edge(v, w) as { points: Place[] }).points),
    })),
  };
};

/** A line leaves a service in the middle below it, and ends in the middle above the other. */
const lined = (from: Place, to: Place, points: readonly Place[]): Place[] => [
  { x: from.x, y: from.y + HEIGHT / 2 },
  ...points.slice(1, -1),
  { x: to.x, y: to.y - HEIGHT / 2 },
];

/** A smooth line through points, which ends straight down. */
const curve = (points: readonly Place[]): string => {
  const [first, ...rest] = points;
  if (!first) return '';
  let at = first;
  return rest.reduce((path, next) => {
    const middle = (at.y + next.y) / 2;
    const step = `${path} C${at.x},${middle} ${next.x},${middle} ${next.x},${next.y}`;
    at = next;
    return step;
  }, `M${first.x},${first.y}`);
};

/** All that can be reached from a service, itself included. */
const reached = (from: string, next: (id: string) => readonly string[]): ReadonlySet<string> => {
  const seen = new Set<string>([from]);
  for (const id of seen) for (const other of next(id)) seen.add(other);
  return seen;
};

/** Services and their dependencies as a picture. Each service is a button that shows what it needs and what needs it. */
export const Graph = ({ services, healthOf, chosen, onChoose }: GraphProps) => {
  const { width, height, nodes, edges } = placed(services);
  const needs = new Map(services.map(({ id, dependsOn }) => [id, dependsOn]));
  const below = chosen === '' ? undefined : reached(chosen, (id) => needs.get(id) ?? []);
  const above =
    chosen === ''
      ? undefined
      : reached(chosen, (id) => services.filter(({ dependsOn }) => dependsOn.includes(id)).map((each) => each.id));
  const isFar = (id: string): boolean => below !== undefined && !below.has(id) && !above?.has(id);
  const isNear = (from: string, to: string): boolean =>
    (below?.has(from) && below.has(to)) === true || (above?.has(from) && above.has(to)) === true;
  return (
    // The picture is wider than a phone, so it is scrolled by itself, also with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="graph" tabIndex={0} role="group" aria-label="Dependencies of services">
      <div className="graph-paper" style={{ inlineSize: width, blockSize: height }}>
        <svg width={width} height={height} aria-hidden="true">
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX={7}
              refY={4}
              markerWidth={10}
              markerHeight={10}
              orient="auto"
              markerUnits="userSpaceOnUse"
            >
              <path d="M0,0 L8,4 L0,8 Z" className="graph-arrow" />
            </marker>
          </defs>
          {edges.map(({ from, to, points }) => (
            <path
              key={`${from} ${to}`}
              d={curve(points)}
              markerEnd="url(#arrow)"
              className={`graph-edge${chosen === '' ? '' : isNear(from, to) ? ' is-near' : ' is-far'}`}
            />
          ))}
        </svg>
        {services.map(({ id, name }) => {
          const { x, y } = nodes.get(id) ?? { x: 0, y: 0 };
          const health = healthOf(name);
          return (
            <button
              key={id}
              type="button"
              className={`graph-node ${health}${isFar(id) ? ' is-far' : ''}`}
              aria-pressed={id === chosen}
              style={{
                insetInlineStart: x - WIDTH / 2,
                insetBlockStart: y - HEIGHT / 2,
                inlineSize: WIDTH,
                blockSize: HEIGHT,
              }}
              title={name}
              onClick={() => onChoose(id === chosen ? '' : id)}
            >
              <span>{name}</span>
            </button>
          );
        })}
      </div>
    </div>
  );
};
