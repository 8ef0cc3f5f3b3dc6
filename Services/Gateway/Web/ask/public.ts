import type { AskForWork, PublicLinkResponse, PublicRequestResponse } from "generated/api";
import { call } from "../shared/api/call";

export type Place = PublicLinkResponse;
export type Asked = PublicRequestResponse;
export type Kind = AskForWork["kind"];

const open = { isOpen: true } as const;

/** Where somebody is: the token of the sign, and the receipt of what they have asked for. They stand behind `#`, which browsers send nobody. */
export interface Address { token: string; receipt: string | null }

export function addressOf(hash: string): Address {
  const [token = "", receipt] = hash.replace(/^#/, "").split("/");
  return { token, receipt: receipt || null };
}

export const hashOf = ({ token, receipt }: Address): string => (receipt ? `#${token}/${receipt}` : `#${token}`);

export const readPlace = (token: string): Promise<Place> => call("GET /api/v1/public/requests/{token}", { path: { token } }, open);

export const readAsked = ({ token, receipt }: { token: string; receipt: string }): Promise<Asked> =>
  call("GET /api/v1/public/requests/{token}/{receipt}", { path: { token, receipt } }, open);

/** What is typed. */
export interface Draft { key: string; kind: Kind | ""; description: string; name: string; contact: string }

/** Old phones have no other way to make one. */
function madeUp(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte, index) => (index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const storageKey = "dcmms.ask";

/** What was typed at this sign before, also if the phone has put the page away meanwhile. */
export function keptDraft(token: string): Draft {
  const fresh: Draft = { key: madeUp(), kind: "", description: "", name: "", contact: "" };
  try {
    const kept = JSON.parse(sessionStorage.getItem(storageKey) ?? "null") as { token: string; draft: Draft } | null;
    return kept?.token === token ? { ...fresh, ...kept.draft } : fresh;
  } catch {
    return fresh;
  }
}

export function keepDraft(token: string, draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(storageKey, JSON.stringify({ token, draft }));
    else sessionStorage.removeItem(storageKey);
  } catch {
    // Without a storage, it lasts as long as the page.
  }
}

/** The key of the draft makes it one request, however often it is sent. */
export const ask = (token: string, { key, kind, description, name, contact }: Draft & { kind: Kind }): Promise<Asked> =>
  call("POST /api/v1/public/requests/{token}", {
    path: { token },
    body: { clientKey: key, kind, description: description.trim(), ...(name.trim() ? { name: name.trim() } : {}), ...(contact.trim() ? { contact: contact.trim() } : {}) },
  }, open);

/** Pictures can be sent: their hash is made by the browser, which does that on safe pages only. */
export const takesPhotos = (): boolean => typeof crypto.subtle !== "undefined";

/** A picture of a phone is larger than anybody needs it: it is made smaller, which also leaves out where it was taken. */
export async function smaller(file: Blob, most: number): Promise<Blob> {
  const longest = 2_000;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
    return made && made.size <= most ? made : file;
  } catch {
    // What the browser can't draw, the server may know.
    return file;
  }
}

async function sha256(content: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await content.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends a picture in its parts. */
export async function sendPhoto(at: { token: string; receipt: string }, content: Blob): Promise<void> {
  const body = { size: content.size, sha256: await sha256(content) };
  const { id, partCount, partSize } = await call("POST /api/v1/public/requests/{token}/{receipt}/photos", { path: at, body }, open);
  const path = { ...at, photo: id };
  for (let part = 1; part <= partCount; part++) {
    const piece = content.slice((part - 1) * partSize, part * partSize);
    await call("PUT /api/v1/public/requests/{token}/{receipt}/photos/{photo}/parts/{part}", { path: { ...path, part: String(part) as "1" }, body: piece }, open);
  }
  await call("POST /api/v1/public/requests/{token}/{receipt}/photos/{photo}/complete", { path }, open);
}
