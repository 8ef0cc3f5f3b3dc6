import type { AttachmentResponse, ChangeRequestLink, ConvertRequest, CreateRequestLink, NewRequestLinkResponse, RequestLinkResponse, ServiceRequestResponse, WorkOrderResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { change, useData } from "../../shared/data";
import { useMay } from "../../shared/session/session";
import type { Tone } from "../../shared/ui";

/** What somebody without an account has asked for. */
export type ServiceRequest = ServiceRequestResponse;
export type RequestState = ServiceRequest["state"];
export type Asked = ServiceRequest["kind"];
export const requestStates: RequestState[] = ["new", "converted", "declined"];
export const askedKinds: Asked[] = ["fault", "damage", "safety", "cleaning", "other"];
export const tones: Record<RequestState, Tone> = { new: "info", converted: "success", declined: "neutral" };

/** Where they can ask for it: what a code on a sign leads to. */
export type RequestLink = RequestLinkResponse;

/** Longer than it takes to write down a work order that nobody has asked for before. */
const aMoment = 1_000;

/** A work order has the number of its request, which tells when it was given: where it was given with the work order, no request is behind it. */
const mayBeAsked = ({ id, origin, createdAt }: WorkOrderResponse): boolean => origin === "person" && Date.parse(createdAt) - parseInt(id.replace("-", "").slice(0, 12), 16) > aMoment;

/** What somebody without an account has asked for, if the work order was made of it and the person may read that. */
export function useRequestOf(order: WorkOrderResponse): ServiceRequest | undefined {
  const mayRead = useMay()("request-link:read");
  return useData("GET /api/v1/requests/{request}", mayRead && mayBeAsked(order) ? { path: { request: order.id } } : null).data;
}

const path = ({ id }: ServiceRequest) => ({ request: id });

export const usePhotos = (request: ServiceRequest) => useData("GET /api/v1/requests/{request}/photos", { path: path(request) });

export const photoURL = ({ id }: ServiceRequest, photo: string): string => `/api/v1/requests/${id}/photos/${photo}/content`;

/** What the page itself shows: small, and of a picture that the browser may not know, such as HEIC. */
export const shownURL = (request: ServiceRequest, { id, hasThumbnails }: AttachmentResponse): string =>
  hasThumbnails ? `/api/v1/requests/${request.id}/photos/${id}/thumbnail?size=large` : photoURL(request, id);

export const convert = (request: ServiceRequest, body: ConvertRequest): Promise<WorkOrderResponse> =>
  change("POST /api/v1/requests/{request}/conversion", { path: path(request), body }, { also: ["workorders"] });

export const decline = (request: ServiceRequest, reason: string): Promise<ServiceRequest> =>
  change("POST /api/v1/requests/{request}/decline", { path: path(request), body: { reason } });

export const createLink = (body: CreateRequestLink): Promise<NewRequestLinkResponse> => change("POST /api/v1/request-links", { body });

export const changeLink = (link: RequestLink, body: ChangeRequestLink): Promise<RequestLink> =>
  change("PATCH /api/v1/request-links/{link}", { path: { link: link.id }, body }, { version: link.version });

/** The code on the sign that hangs there leads nowhere afterwards. */
export const replaceToken = (link: RequestLink): Promise<NewRequestLinkResponse> => change("POST /api/v1/request-links/{link}/token", { path: { link: link.id } });

export const readLink = ({ id }: RequestLink): Promise<RequestLink> => call("GET /api/v1/request-links/{link}", { path: { link: id } });

/** Whether somebody can ask for something there now. */
export const isOpenLink = ({ isActive, expiresAt }: RequestLink, now = Date.now()): boolean => isActive && (!expiresAt || Date.parse(expiresAt) > now);

/** What a code on a sign leads to. Behind `#` it is in no log. */
export const addressOf = (token: string): string => `${location.origin}/r/#${token}`;

/** What can be changed of a link. */
export interface LinkDraft { label: string; kinds: Asked[]; isActive: boolean; expiresAt: string | null; maximumOpen: number | null }

export const draftOf = ({ label, kinds, isActive, expiresAt, maximumOpen }: RequestLink): LinkDraft => ({ label, kinds, isActive, expiresAt: expiresAt ?? null, maximumOpen });

export function changesOf(before: LinkDraft, after: LinkDraft): ChangeRequestLink {
  const isSameEnd = before.expiresAt === after.expiresAt || (before.expiresAt !== null && after.expiresAt !== null && Date.parse(before.expiresAt) === Date.parse(after.expiresAt));
  return {
    ...(before.label === after.label.trim() ? {} : { label: after.label.trim() }),
    ...(JSON.stringify([...before.kinds].sort()) === JSON.stringify([...after.kinds].sort()) ? {} : { kinds: after.kinds }),
    ...(before.isActive === after.isActive ? {} : { isActive: after.isActive }),
    ...(isSameEnd ? {} : { expiresAt: after.expiresAt }),
    ...(before.maximumOpen === after.maximumOpen || after.maximumOpen === null ? {} : { maximumOpen: after.maximumOpen }),
  };
}
