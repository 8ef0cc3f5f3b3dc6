import type { AnnounceAttachment, AttachmentResponse } from "generated/api";
import type { Condition, May } from "../../shared/session/session";
import type { WorkOrder } from "../orders/orders";

export type Attachment = AttachmentResponse;
type Category = Attachment["category"];
type Purpose = NonNullable<Attachment["purpose"]>;
/** What a file is about: when it was made, or that it is a document that some people may add, and others read. */
export type Subject = Category | Purpose;
export type FileKind = Attachment["kind"];

const categories: Category[] = ["before", "during", "after", "evidence"];
const purposes: Record<Purpose, Condition> = { safety: "safety-docs", compliance: "compliance-docs" };
const isPurpose = (subject: Subject): subject is Purpose => subject in purposes;

export const subjectOf = ({ category, purpose }: Attachment): Subject => purpose ?? category;

/** As the API has it. */
export const fieldsOf = (subject: Subject): Pick<AnnounceAttachment, "category" | "purpose"> => (isPurpose(subject) ? { category: "evidence", purpose: subject } : { category: subject });

/** Whether somebody may add what is neither. */
export const mayAddAny = (may: May): boolean => may("attachment:add", () => false);

/** The subjects of the files that somebody may add. */
export const subjectsFor = (may: May): Subject[] => [
  ...(mayAddAny(may) ? categories : []),
  ...(Object.keys(purposes) as Purpose[]).filter((purpose) => may("attachment:add", (condition) => condition === purposes[purpose])),
];

/** Whoever works on the order says that they have read it. */
export const isToBeRead = (file: Attachment): boolean => file.purpose === "safety" && file.state === "available";

/** As the API has them: of one file, of a part of it, and how many a work order has. */
export const largest = 52_428_800;
export const partSize = 1_048_576;
export const mostFiles = 100;

/** For the browser's own dialog. What a file really is, its content says. */
export const accepted = "image/jpeg,image/png,image/webp,image/heic,application/pdf,video/mp4,video/quicktime,text/*,.heic,.docx,.xlsx,.txt,.csv,.log";

/** Until a work order is closed: later its files are evidence. */
export const takesFiles = ({ phase }: WorkOrder): boolean => phase !== "closed" && phase !== "cancelled";

/** What files that are added now usually show. */
export const usualSubject = ({ status }: WorkOrder): Category => (status === "in_progress" || status === "on_hold" ? "during" : status === "completed" ? "after" : "before");

/** What is older than its work order was sent by whoever has asked for the work, without an account. */
export const cameWithRequest = (order: WorkOrder, file: Attachment): boolean => order.origin === "person" && Date.parse(file.createdAt) < Date.parse(order.createdAt);

export const contentURL = ({ workOrderId, id }: Attachment): string => `/api/v1/workorders/${workOrderId}/attachments/${id}/content`;

export const isImage = ({ contentType }: Attachment): boolean => contentType?.startsWith("image/") ?? false;

/** What the server lets a browser show in place; anything else is downloaded. */
export const canBeShown = (file: Attachment): boolean => isImage(file) || file.contentType === "application/pdf";

/**
 * What a list shows of a picture; `undefined`: nothing. Photos of phones have several megabytes, and a page has many of them: where the server has
 * no thumbnail, only small ones are loaded before somebody asks.
 */
export function thumbnailURL(file: Attachment): string | undefined {
  if (file.state !== "available" || !isImage(file)) return undefined;
  if (file.hasThumbnails) return `/api/v1/workorders/${file.workOrderId}/attachments/${file.id}/thumbnail?size=small`;
  return file.size <= 2_000_000 ? contentURL(file) : undefined;
}

/** For a browser that can't show the picture itself, as most can't show HEIC. */
export const largeThumbnailURL = (file: Attachment): string | undefined =>
  file.hasThumbnails ? `/api/v1/workorders/${file.workOrderId}/attachments/${file.id}/thumbnail?size=large` : undefined;

const begins = (bytes: Uint8Array, mark: readonly number[] | string, at = 0): boolean =>
  [...mark].every((one, index) => bytes[at + index] === (typeof one === "string" ? one.charCodeAt(0) : one));

/** What the beginning of a file shows it to be, as the server will find; `null`: nothing that can be attached. */
export async function kindOf(file: Blob): Promise<FileKind | null> {
  const bytes = new Uint8Array(await file.slice(0, 4_096).arrayBuffer());
  if (begins(bytes, [0xff, 0xd8, 0xff]) || begins(bytes, [0x89, 0x50, 0x4e, 0x47]) || (begins(bytes, "RIFF") && begins(bytes, "WEBP", 8))) return "photo";
  // Films and HEIC have the same frame, with a brand behind it.
  if (begins(bytes, "ftyp", 4)) return ["he", "mif1"].some((brand) => begins(bytes, brand, 8)) ? "photo" : "other";
  // Word and Excel; what else is a ZIP, the server finds in its directory.
  if (begins(bytes, "%PDF-") || begins(bytes, [0x50, 0x4b, 0x03, 0x04])) return "document";
  return isText(bytes) ? "document" : null;
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte)) || byte === 0x7f)) return false;
  try {
    // A letter may be cut off at the end.
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return bytes.length > 0;
  } catch {
    return false;
  }
}

export async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
