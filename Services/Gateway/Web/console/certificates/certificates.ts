import type { CertificateResponse, ChangeCertificate, SkillsResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { change, useData } from "../../shared/data";

/** What proves that somebody has a skill. It is never deleted: one that does not count any more is revoked. */
export type Certificate = CertificateResponse;
export type Skills = SkillsResponse;
export type Skill = Skills["skills"][number];
export type SkillCategory = Skill["category"];
export const skillCategories: SkillCategory[] = ["technical", "safety", "compliance", "other"];
export const usualWarnDays = 30;
export const mostWarnDays = 365;

export const useSkills = () => useData("GET /api/v1/skills", {});

export const setSkills = (base: Skills, skills: Skill[]): Promise<Skills> => change("PUT /api/v1/skills", { body: { skills } }, { version: base.version });

export const dayIn = (days: number, now = Date.now()): string => new Date(now + days * 86_400_000).toISOString().slice(0, 10);

/** Where a certificate stands: it counts, it will soon not, or it does not. */
export type Standing = "valid" | "expiring" | "expired" | "suspended" | "revoked";

export function standingOf({ status, validUntil, isValid }: Certificate, warnDays = usualWarnDays): Standing {
  if (status !== "active") return status;
  if (!isValid) return "expired";
  return validUntil && validUntil <= dayIn(warnDays) ? "expiring" : "valid";
}

/** What is typed. */
export interface CertificateDraft { userId: string | null; skill: string; number: string; issuer: string; issuedOn: string; validUntil: string }

export const emptyCertificate = (userId: string | null): CertificateDraft => ({ userId, skill: "", number: "", issuer: "", issuedOn: "", validUntil: "" });

export const draftOf = ({ userId, skill, number, issuer, issuedOn, validUntil }: Certificate): CertificateDraft => ({
  userId, skill, number: number ?? "", issuer: issuer ?? "", issuedOn: issuedOn ?? "", validUntil: validUntil ?? "",
});

const fields = ["number", "issuer", "issuedOn", "validUntil"] as const;

export const addCertificate = (draft: CertificateDraft & { userId: string }): Promise<Certificate> => {
  const given = Object.fromEntries(fields.flatMap((name) => (draft[name].trim() ? [[name, draft[name].trim()]] : [])));
  return change("POST /api/v1/certificates", { body: { userId: draft.userId, skill: draft.skill, ...given } });
};

export const correctCertificate = (base: Certificate, draft: CertificateDraft): Promise<Certificate> => {
  const before = draftOf(base);
  const body: ChangeCertificate = Object.fromEntries(fields.filter((name) => before[name] !== draft[name].trim()).map((name) => [name, draft[name].trim() || null]));
  return change("PATCH /api/v1/certificates/{id}", { path: { id: base.id }, body }, { version: base.version });
};

/** It does not count until it is taken up again. */
export const suspendCertificate = (base: Certificate, reason: string | null): Promise<Certificate> =>
  change("PATCH /api/v1/certificates/{id}", { path: { id: base.id }, body: reason === null ? { isSuspended: false } : { isSuspended: true, reason } }, { version: base.version });

export const revokeCertificate = (base: Certificate, reason: string): Promise<Certificate> =>
  change("POST /api/v1/certificates/{id}/revocation", { path: { id: base.id }, body: { reason } }, { version: base.version });

export const readCertificate = ({ id }: Certificate): Promise<Certificate> => call("GET /api/v1/certificates/{id}", { path: { id } });
