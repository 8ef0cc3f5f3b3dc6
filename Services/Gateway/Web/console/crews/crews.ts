import type { ChangeCrew, CrewResponse } from "generated/api";
import { call } from "../../shared/api/call";
import { change, useData } from "../../shared/data";

/** People of a site who work together. */
export type Crew = CrewResponse;
export type CrewType = Crew["type"];
export type CrewRole = Crew["members"][number]["role"];
export type Member = { userId: string; role: CrewRole };
export const crewTypes: CrewType[] = ["maintenance", "electrical", "mechanical", "emergency", "contractor", "inspection", "cleaning"];
export const crewRoles: CrewRole[] = ["lead", "technician", "apprentice", "specialist", "support"];

/** As the API has it. */
export const mostMembers = 50;
export const usualMost = 10;

/** What is typed of a crew. */
export interface CrewDraft { code: string; name: string; type: CrewType; description: string; supervisorId: string | null; members: Member[]; maxMembers: number | null }

export const emptyCrew: CrewDraft = { code: "", name: "", type: "maintenance", description: "", supervisorId: null, members: [], maxMembers: usualMost };

export const draftOf = ({ code, name, type, description, supervisorId, members, maxMembers }: Crew): CrewDraft => ({
  code, name, type, description: description ?? "", supervisorId: supervisorId ?? null, members: members.map(({ userId, role }) => ({ userId, role })), maxMembers,
});

const bodyOf = ({ code, name, description, maxMembers, ...rest }: CrewDraft) => ({ ...rest, code: code.trim(), name: name.trim(), description: description.trim() || null, maxMembers: maxMembers ?? usualMost });

/** Those of a site that get work. */
export const useCrews = (siteId: string | null) => useData("GET /api/v1/crews", siteId ? { query: { siteId, limit: 200 } } : null);

export const createCrew = (siteId: string, draft: CrewDraft): Promise<Crew> => {
  const { description, supervisorId, ...body } = bodyOf(draft);
  return change("POST /api/v1/crews", { body: { siteId, ...body, ...(description ? { description } : {}), ...(supervisorId ? { supervisorId } : {}) } });
};

/** Only what differs is sent. Its unfinished work follows its members. */
export const changeCrew = (base: Crew, draft: CrewDraft): Promise<Crew> => {
  const [before, after] = [bodyOf(draftOf(base)) as Record<string, unknown>, bodyOf(draft) as Record<string, unknown>];
  const body = Object.fromEntries(Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])));
  return change("PATCH /api/v1/crews/{id}", { path: { id: base.id }, body: body as ChangeCrew }, { version: base.version, also: ["workorders"] });
};

export const archiveCrew = (crew: Crew, isArchived: boolean): Promise<Crew> => change("PATCH /api/v1/crews/{id}", { path: { id: crew.id }, body: { isArchived } }, { version: crew.version });

export const readCrew = ({ id }: Crew): Promise<Crew> => call("GET /api/v1/crews/{id}", { path: { id } });
