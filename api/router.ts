import type { Method } from './endpoint.ts';

interface Leaf<Target> {
  target: Target;
  /** Of the open segments on the way, in order. */
  names: readonly string[];
}

class Node<Target> {
  /** By the next segment, where a path spells it out. */
  readonly fixed = new Map<string, Node<Target>>();
  /** For any other next segment, where a path has a `{name}`. */
  open: Node<Target> | undefined;
  /** By method, in capitals. */
  readonly leaves = new Map<string, Leaf<Target>>();
}

interface Walk {
  segments: readonly string[];
  /** What stood in the open segments so far. */
  values: string[];
}

export type Found<Target> =
  | { target: Target; params: Record<string, string> }
  /** The methods that the path does have: none where it leads nowhere. */
  | { target: undefined; methods: readonly string[] };

const OPEN = /^\{(\w+)\}$/;

/** A `%` that introduces nothing stands for itself: no id has one. */
function decoded(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function descend<Target>(node: Node<Target>, walk: Walk, depth: number): Node<Target> | undefined {
  const segment = walk.segments[depth];
  if (segment === undefined) return node.leaves.size > 0 ? node : undefined;
  const fixed = node.fixed.get(segment);
  const found = fixed && descend(fixed, walk, depth + 1);
  if (found !== undefined || node.open === undefined || segment === '') return found;
  walk.values.push(decoded(segment));
  const end = descend(node.open, walk, depth + 1);
  if (end === undefined) walk.values.pop();
  return end;
}

/**
 * Paths as a tree of their segments: finding one among hundreds takes as many steps as it has segments. (A list of
 * patterns tried one after the other took longer than the rest of a cached read.) A segment that is spelt out goes
 * before a `{name}`, and a slash at the end is none.
 */
export class RouteTree<Target> {
  readonly #root = new Node<Target>();

  /** Throws when the path has that method already. A target for GET answers HEAD too. */
  add(method: Method, path: string, target: Target): void {
    let node = this.#root;
    const names: string[] = [];
    for (const segment of path.split('/').slice(1)) {
      const name = OPEN.exec(segment)?.[1];
      if (name === undefined) {
        const next = node.fixed.get(segment) ?? new Node<Target>();
        node.fixed.set(segment, next);
        node = next;
      } else {
        names.push(name);
        node = node.open ??= new Node<Target>();
      }
    }
    for (const verb of method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]) {
      if (node.leaves.has(verb)) throw new Error(`${verb} ${path} has an endpoint already.`);
      node.leaves.set(verb, { target, names });
    }
  }

  find(method: string, path: string): Found<Target> {
    const walk: Walk = { segments: path.split('/'), values: [] };
    const isSlashed = walk.segments.length > 2 && walk.segments.at(-1) === '';
    if (isSlashed) walk.segments = walk.segments.slice(0, -1);
    const node = descend(this.#root, walk, 1);
    const leaf = node?.leaves.get(method);
    if (leaf === undefined) return { target: undefined, methods: [...(node?.leaves.keys() ?? [])] };
    const params: Record<string, string> = {};
    for (const [index, name] of leaf.names.entries()) params[name] = walk.values[index] ?? '';
    return { target: leaf.target, params };
  }
}
