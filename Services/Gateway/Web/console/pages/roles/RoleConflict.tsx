import { ConflictDialog } from "../../administration/ConflictDialog";
import { usePermissionName } from "../../administration/roles";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { type Draft, draftFrom, type Fields, fieldsOf, permissionOf, type Where } from "./draft";

interface RoleConflictProps {
  base: Draft;
  theirs: Draft;
  yours: Draft;
  save: (values: Draft) => Promise<unknown>;
  close: () => void;
}

/** Somebody else has changed the role: what it says and each of its permissions, in both versions. */
export function RoleConflict({ base, theirs, yours, save, close }: RoleConflictProps) {
  const text = useText();
  const format = useFormat();
  const permissionName = usePermissionName();
  const [before, saved, wanted] = [base, theirs, yours].map(fieldsOf) as [Fields, Fields, Fields];
  const words: { [field: string]: string } = {
    displayName: text("admin.person.displayName"), description: text("admin.roles.description"), requiresMfa: text("admin.roles.mfa"),
    sessionHours: text("admin.roles.session"), sessionIdleMinutes: text("admin.roles.idle"),
  };
  const names = Object.keys({ ...saved, ...wanted });
  const labels = Object.fromEntries(names.map((name) => [name, words[name] ?? permissionName(permissionOf(name) ?? name)]));
  const where = ({ scope, condition }: Where) => listed([text(`admin.scope.${scope}`), ...(condition ? [text(`admin.condition.${condition}`)] : [])]);
  const shown = (name: string, value: unknown): string => {
    if (permissionOf(name) !== undefined) return value ? (value as Where[]).map(where).join("; ") : text("admin.roles.no");
    if (typeof value === "boolean") return text(value ? "admin.yes" : "admin.no");
    if (name === "sessionHours" || name === "sessionIdleMinutes") return value ? format.duration((value as number) * (name === "sessionHours" ? 3_600_000 : 60_000)) : text("admin.roles.asOthers");
    return String(value ?? "");
  };
  return (
    <ConflictDialog<Fields>
      base={before} theirs={saved} yours={wanted} labels={labels} shown={shown} close={close} save={(fields) => save(draftFrom(yours.name, fields))}
    />
  );
}
