import type { TreeLine, TreeNode } from "./treeTypes";

type Children = (node: TreeNode) => readonly TreeNode[] | undefined;

/** The nodes that are to be seen, from top to bottom. */
export function linesOf(nodes: readonly TreeNode[], children: Children, open: ReadonlySet<string>, kept: ReadonlySet<string> | undefined): TreeLine[] {
  const lines: TreeLine[] = [];
  const walk = (level: readonly TreeNode[], depth: number, parent: string | undefined) => {
    const shown = kept ? level.filter((node) => kept.has(node.key)) : level;
    shown.forEach((node, index) => {
      const below = children(node);
      const hasChildren = below ? below.length > 0 : Boolean(node.hasChildren);
      const isOpen = hasChildren && (kept ? Boolean(below?.some((child) => kept.has(child.key))) : open.has(node.key));
      lines.push({ node, depth, position: index + 1, siblings: shown.length, parent, isOpen, hasChildren });
      if (isOpen && below) walk(below, depth + 1, node.key);
    });
  };
  walk(nodes, 0, undefined);
  return lines;
}

/** Keys of all nodes that contain the words and of those above them, and how many contain them. */
export function matches(nodes: readonly TreeNode[], children: Children, query: string): { kept: ReadonlySet<string>; count: number } {
  const wanted = query.trim().toLocaleLowerCase();
  const kept = new Set<string>();
  let count = 0;
  const walk = (node: TreeNode): boolean => {
    const isMatch = node.label.toLocaleLowerCase().includes(wanted);
    if (isMatch) count += 1;
    let isKept = isMatch;
    for (const child of children(node) ?? []) if (walk(child)) isKept = true;
    if (isKept) kept.add(node.key);
    return isKept;
  };
  nodes.forEach(walk);
  return { kept, count };
}
