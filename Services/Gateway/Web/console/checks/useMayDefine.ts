import { useMay } from "../../shared/session/session";

/**
 * Whether the person may change what tasks ask for. Whoever only does the work records tasks and adds some.
 *
 * A session tells permissions without their conditions, and those who do the work have `workorder:update` too: so it is those who also give work to others, or ask for it.
 */
export function useMayDefine(): boolean {
  const may = useMay();
  return may("workorder:update") && (may("workorder:assign") || may("workorder:create"));
}
