import { useMemo } from "react";
import { useData, type Problem } from "../../shared/data";
import { useLocalization } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import { useComments } from "../comments/comments";
import { useCosts } from "../costs/costs";
import { isImage, type Attachment } from "../files/attachment";
import { useHours } from "../hours/hours";
import type { WorkOrder } from "../orders/orders";
import { useHistory } from "../orders/useHistory";
import { useParts } from "../parts/parts";
import { usePeople } from "../people";
import { useSignatures } from "../signatures/signatures";

/** More would be a book, and not what somebody takes along. */
const mostPhotos = 8;

/** Answers first, in the order of the tasks: the checklist names them. */
function photosOf(order: WorkOrder, files: readonly Attachment[]): Attachment[] {
  const answers = order.tasks.map(({ answer }) => answer?.attachment);
  const place = ({ id }: Attachment) => (answers.includes(id) ? answers.indexOf(id) : answers.length);
  return files.filter((file) => file.state === "available" && isImage(file)).sort((one, other) => place(one) - place(other));
}

interface Read { data: unknown; problem: Problem | undefined; retry: () => void; isWhole?: boolean; isCut?: boolean }

const isThere = ({ data, isWhole, isCut }: Read): boolean => data !== undefined && (isWhole !== false || isCut === true);

/** All that stands on the paper of a work order, to its end. */
export function useSheet(order: WorkOrder) {
  const may = useMay();
  const seesCosts = may("workorder-cost:read");
  const files = useData("GET /api/v1/workorders/{id}/attachments", { path: { id: order.id } });
  const parts = useParts(order);
  const hours = useHours(order);
  const costs = useCosts(order, seesCosts);
  const comments = useComments(order);
  const signatures = useSignatures(order);
  const permits = useData("GET /api/v1/workorders/{id}/permits", { path: { id: order.id } });
  const steps = useHistory(order);
  const people = usePeople();
  const tenant = useData("GET /api/v1/tenant", {});
  const asset = useData("GET /api/v1/assets/{id}", may("asset:read") ? { path: { id: order.assetId } } : null);
  const site = useData("GET /api/v1/sites/{id}", may("site:read") ? { path: { id: order.siteId } } : null);
  const { zone } = useLocalization();
  const pictures = useMemo(() => photosOf(order, files.data?.items ?? []), [order, files.data]);
  const needed: Read[] = [files, parts, hours, comments, signatures, permits, { ...steps, data: steps.entries }, ...(seesCosts ? [costs] : [])];
  // A name that can't be read is left out.
  const named = [...(may("asset:read") ? [asset] : []), ...(may("site:read") ? [site] : []), tenant];
  const failed = needed.filter((read) => !isThere(read) && read.problem);
  return {
    photos: pictures.slice(0, mostPhotos),
    morePhotos: Math.max(0, pictures.length - mostPhotos),
    otherFiles: (files.data?.items ?? []).filter((file) => file.state === "available" && !isImage(file)),
    parts: parts.parts ?? [],
    hours: [...(hours.entries ?? [])].reverse(),
    costs: seesCosts ? costs : null,
    comments: (comments.comments ?? []).filter(({ deletedAt }) => !deletedAt),
    signatures: signatures.signatures ?? [],
    permits: permits.data?.items ?? [],
    steps,
    asset: asset.data,
    site: site.data,
    organization: tenant.data?.name,
    zone: site.data?.timeZone ?? zone,
    isReady: needed.every(isThere) && named.every(({ data, problem }) => data !== undefined || problem !== undefined) && people.isWhole,
    /** Why something is missing. Half of a work order would look like all of it. */
    problem: failed[0]?.problem,
    retry: () => failed.forEach(({ retry }) => retry()),
  };
}

export type Sheet = ReturnType<typeof useSheet>;
