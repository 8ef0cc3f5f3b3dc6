import { useData } from "../../shared/data";
import { useUser } from "../../shared/session/session";
import type { WorkOrder } from "../orders/orders";
import type { Attachment } from "./attachment";
import { uploads } from "./upload";

/** The files of a work order, and those that are on their way. What is on its way here is not also shown as unfinished. */
export function useFiles(order: WorkOrder) {
  const self = useUser().id;
  const { data, problem, retry } = useData("GET /api/v1/workorders/{id}/attachments", { path: { id: order.id } });
  const running = uploads.use().filter((one) => one.order === order.id);
  const all = data?.items;
  const files = all?.filter((file) => !running.some((one) => one.id === file.id));
  return { files, count: all?.length ?? 0, running, problem, retry, isMine: (file: Attachment) => file.createdBy === self };
}
