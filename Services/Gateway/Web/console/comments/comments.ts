import type { CommentResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { change, Problem } from "../../shared/data";
import { useWhole } from "../../shared/data/useWhole";
import type { WorkOrder } from "../orders/orders";
import { heldMentions, type Mention } from "./mentions";

/** What somebody has written about a work order. One that was deleted keeps its place. */
export type Comment = CommentResponse;

/** As the API has it. */
export const longest = 4_000;

/** A comment as its form has it. */
export interface CommentDraft {
  text: string;
  /** Those who were chosen while it was written. Who is not in the text any more is not mentioned. */
  people: Mention[];
}

export const emptyComment: CommentDraft = { text: "", people: [] };

/** All of them, the earliest first. */
export function useComments(order: WorkOrder) {
  const read = useWhole("GET /api/v1/workorders/{id}/comments", { path: { id: order.id }, query: { limit: 200 } });
  return { ...read, comments: read.data?.items };
}

const path = ({ workOrderId, id }: Comment) => ({ id: workOrderId, comment: id });
const bodyOf = ({ text, people }: CommentDraft) => ({ text: text.trim(), mentions: heldMentions(text, people).map(({ id }) => id) });

export const writeComment = (order: WorkOrder, draft: CommentDraft): Promise<Comment> => change("POST /api/v1/workorders/{id}/comments", { path: { id: order.id }, body: bodyOf(draft) });

export const editComment = (comment: Comment, draft: CommentDraft, version: number): Promise<Comment> =>
  change("PATCH /api/v1/workorders/{id}/comments/{comment}", { path: path(comment), body: bodyOf(draft) }, { version });

export const deleteComment = (comment: Comment): Promise<void> =>
  change("DELETE /api/v1/workorders/{id}/comments/{comment}", { path: path(comment) }, { version: comment.version }) as Promise<void>;

/** As it is on the server now. No operation reads one alone. */
export async function readComment(comment: Comment): Promise<Comment> {
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await call("GET /api/v1/workorders/{id}/comments", { path: { id: comment.workOrderId }, query: { limit: 200, ...(cursor ? { cursor } : {}) } });
    const found = items.find(({ id }) => id === comment.id);
    if (found) return found;
    // A comment is never gone, so this is a work order that is.
    if (!nextCursor) throw new Problem({ type: "about:blank", title: "not_found", status: 404, detail: "not_found", code: "not_found", error: "not_found" });
    cursor = nextCursor;
  }
}
