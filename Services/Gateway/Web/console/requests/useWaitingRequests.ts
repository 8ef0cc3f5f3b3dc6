import { useMemo } from "react";
import { useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import type { Scope } from "../places";
import type { ServiceRequest } from "./requests";

/** What people without an account have asked for, for whoever can make work of it. */
export function useWaitingRequests({ query, has }: Scope): { requests: ServiceRequest[]; hasMore: boolean } {
  const may = useMay();
  const { data } = useData("GET /api/v1/requests", query && may("request-link:read") && may("workorder:create") ? { query: { state: "new", limit: 50 } } : null);
  return useMemo(() => ({ requests: (data?.items ?? []).filter(({ siteId }) => has(siteId)), hasMore: Boolean(data?.nextCursor) }), [data, has]);
}
