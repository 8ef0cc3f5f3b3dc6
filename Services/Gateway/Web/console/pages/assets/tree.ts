import type { AssetResponse, SiteResponse } from "generated/api";

/** A site or an asset in the tree. */
export interface Node {
  id: string;
  name: string;
  code: string;
  /** A site has none. */
  asset: AssetResponse | null;
  siteId: string;
  parent: Node | null;
  children: Node[];
  /** What a search looks at. */
  words: string;
  /** All assets below, and the worst state among them. */
  below: number;
  worst: string | null;
}

export interface Filter {
  q: string;
  status: string;
  type: string;
  /** Whether a site is looked at; `null`: all are. */
  hasSite: ((id: string) => boolean) | null;
}

export interface Row {
  node: Node;
  depth: number;
  /** Its place among those beside it, and how many they are: a screen reader says it. */
  position: number;
  size: number;
  isOpen: boolean | undefined;
}

/** The most levels of assets below a site. */
export const levels = 5;

const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
const plain = (words: string): string => words.toLocaleLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

export function buildTree(sites: readonly SiteResponse[], assets: readonly AssetResponse[]): Node[] {
  const roots = new Map<string, Node>();
  const site = (id: string, name: string, code: string) => {
    const node: Node = { id, name, code, asset: null, siteId: id, parent: null, children: [], words: plain(`${name} ${code}`), below: 0, worst: null };
    roots.set(id, node);
    return node;
  };
  for (const one of sites) site(one.id, one.name, one.code);
  const nodes = new Map<string, Node>();
  for (const asset of assets) {
    const words = plain(`${asset.name} ${asset.code} ${asset.tags.join(" ")}`);
    nodes.set(asset.id, { id: asset.id, name: asset.name, code: asset.code, asset, siteId: asset.siteId, parent: null, children: [], words, below: 0, worst: null });
  }
  for (const node of nodes.values()) {
    const asset = node.asset!;
    // Who may not see the parent, or the site, still sees the asset in its place as far as it is known.
    const parent = nodes.get(asset.parentId ?? "") ?? roots.get(asset.siteId) ?? site(asset.siteId, asset.siteCode, asset.siteCode);
    node.parent = parent;
    parent.children.push(node);
  }
  const sort = (list: Node[]) => list.sort((one, other) => order.compare(one.name, other.name) || order.compare(one.code, other.code));
  for (const node of [...roots.values(), ...nodes.values()]) sort(node.children);
  for (const root of roots.values()) addUp(root);
  return sort([...roots.values()]);
}

/** From the best to the worst. What is decommissioned is nobody's worry. */
const badness = ["operational", "maintenance", "degraded", "down"];

function addUp(node: Node): void {
  for (const child of node.children) {
    addUp(child);
    node.below += 1 + child.below;
    for (const state of [child.asset?.status, child.worst]) {
      if (state && badness.indexOf(state) > badness.indexOf(node.worst ?? "")) node.worst = state;
    }
  }
}

/** What fits the filter, with everything above it, so that it has a place. `null`: everything fits. */
export function matching(roots: readonly Node[], { q, status, type, hasSite }: Filter): { shown: Set<Node>; found: Set<Node> } | null {
  const words = plain(q).split(/\s+/).filter(Boolean);
  const states = status.split(",").filter(Boolean);
  if (words.length === 0 && states.length === 0 && !type && !hasSite) return null;
  const shown = new Set<Node>();
  const found = new Set<Node>();
  const visit = (node: Node) => {
    const { asset } = node;
    const fits = words.every((word) => node.words.includes(word));
    const isOfKind = asset ? (states.length === 0 || states.includes(asset.status)) && (!type || asset.type === type) : states.length === 0 && !type;
    if (fits && isOfKind) {
      found.add(node);
      for (let one: Node | null = node; one && !shown.has(one); one = one.parent) shown.add(one);
    }
    node.children.forEach(visit);
  };
  for (const root of roots) if (!hasSite || hasSite(root.id)) visit(root);
  return { shown, found };
}

/** The rows that are seen, from top to bottom. */
export function rowsOf(roots: readonly Node[], shown: Set<Node> | null, isOpen: (node: Node) => boolean): Row[] {
  const rows: Row[] = [];
  const visit = (list: readonly Node[], depth: number) => {
    const seen = shown ? list.filter((node) => shown.has(node)) : list;
    seen.forEach((node, index) => {
      const hasChildren = shown ? node.children.some((child) => shown.has(child)) : node.children.length > 0;
      const open = hasChildren ? isOpen(node) : undefined;
      rows.push({ node, depth, position: index + 1, size: seen.length, isOpen: open });
      if (open) visit(node.children, depth + 1);
    });
  };
  visit(roots, 0);
  return rows;
}

const height = (node: Node): number => 1 + Math.max(0, ...node.children.map(height));
const depth = (node: Node): number => (node.parent ? 1 + depth(node.parent) : 0);

export type NoMove = "self" | "below_itself" | "other_site" | "too_deep" | "here_already";

/** Why an asset can't be put below another or at the top of a site; `null` if it can. The server has the last word. */
export function whyNotBelow(moved: Node, target: Node): NoMove | null {
  if (moved === target) return "self";
  for (let one: Node | null = target; one; one = one.parent) if (one === moved) return "below_itself";
  if (moved.siteId !== target.siteId) return "other_site";
  if (moved.parent === target) return "here_already";
  if (depth(target) + height(moved) > levels) return "too_deep";
  return null;
}
