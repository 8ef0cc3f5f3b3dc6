import type { UserResponse } from "generated/api";
import { AuditList } from "../../administration/AuditList";
import { useText } from "../../../shared/localization";
import { Link, useSearch } from "../../../shared/router";
import { SegmentedControl } from "../../../shared/ui";

/** What the person has done, and what was done to their account. */
export function ActivityTab({ user }: { user: UserResponse }) {
  const text = useText();
  const [search, setSearch] = useSearch();
  const side = search.get("of") === "account" ? "account" : "own";
  const filter: Record<string, string> = side === "own" ? { userId: user.id } : { resourceType: "user", resourceId: user.id };
  return (
    <div className="stack">
      <div className="row-apart">
        <SegmentedControl
          label={text("admin.activity.which")} value={side} onChange={(of) => setSearch({ of: of === "own" ? null : of })}
          options={[{ value: "own", label: text("admin.activity.own") }, { value: "account", label: text("admin.activity.account") }]}
        />
        <Link to={`/audit?${new URLSearchParams(filter)}`}>{text("admin.activity.all")}</Link>
      </div>
      <AuditList filter={filter} />
    </div>
  );
}
