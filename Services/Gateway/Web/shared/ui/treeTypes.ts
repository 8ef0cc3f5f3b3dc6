import type { ReactNode } from "react";
import type { IconName } from "./icons";

export interface TreeNode {
  key: string;
  label: string;
  icon?: IconName;
  /** Beside the label: a state, a count. */
  aside?: ReactNode;
  /** Its children, if they are known; `undefined` with `hasChildren`: `loadChildren` reads them when it is opened. */
  children?: readonly TreeNode[];
  hasChildren?: boolean;
}

export interface TreeProps {
  label: string;
  nodes: readonly TreeNode[];
  /** Reads the children of a node the first time it is opened. */
  loadChildren?: (node: TreeNode) => Promise<readonly TreeNode[]>;
  /** Those that are open, by their keys; the caller may keep them. */
  selected?: string | undefined;
  onSelect?: (node: TreeNode) => void;
  /** Shows only what contains these words, with the way to it open. */
  query?: string;
  open?: ReadonlySet<string>;
  onOpen?: (open: ReadonlySet<string>) => void;
  maxHeight?: number;
  fill?: boolean;
  loading?: boolean;
}

/** A node where it is drawn. */
export interface TreeLine {
  node: TreeNode;
  depth: number;
  position: number;
  siblings: number;
  parent: string | undefined;
  isOpen: boolean;
  hasChildren: boolean;
}
