import { useMemo } from "react";
import { useData } from "../../shared/data";
import { useMay, useUser } from "../../shared/session/session";
import type { Scope } from "../places";
import { meets, type Permit } from "./permits";

/** Permits that whoever is signed in can decide about: not those that they have asked for themselves. */
export function useWaitingPermits({ query, has }: Scope): { permits: Permit[]; hasMore: boolean } {
  const may = useMay();
  const self = useUser().id;
  const { data } = useData("GET /api/v1/permits", query && may("permit:approve") && may("workorder:read") ? { query: { status: ["pending_approval"], limit: 50 } } : null);
  return useMemo(() => {
    const permits = (data?.items ?? []).filter((one) => has(one.siteId) && one.createdBy !== self && one.submittedBy !== self && may("permit:approve", meets(one, self)));
    return { permits, hasMore: Boolean(data?.nextCursor) };
  }, [data, has, may, self]);
}
