import { useRoleName } from "../../administration/roles";
import { useSiteOptions } from "../../administration/places";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay, useUser } from "../../../shared/session/session";
import { Link } from "../../../shared/router";
import { Badge, Card, KeyValue, PageHeader } from "../../../shared/ui";
import { Appearance } from "./Appearance";
import { PasswordCard } from "./PasswordCard";
import { SecondFactor } from "./SecondFactor";
import { SecurityKeys } from "./SecurityKeys";
import { Sessions } from "./Sessions";

/** Who one is here, how one proves it, and where one is signed in. */
export default function Account() {
  const text = useText();
  const format = useFormat();
  const user = useUser();
  const may = useMay();
  const roleName = useRoleName();
  const sites = useSiteOptions();
  const siteNames = user.siteIds.map((id) => sites.find((site) => site.value === id)?.label ?? id.slice(0, 8));
  return (
    <>
      <PageHeader title={text("pages.account")} description={user.email} />
      <div className="admin-columns">
        <div className="stack">
          <Card title={text("admin.person.tab.profile")}>
            <div className="stack">
              <KeyValue
                entries={[
                  { label: text("admin.people.name"), value: user.displayName },
                  { label: text("admin.person.email"), value: user.email },
                  { label: text("admin.person.phone"), value: user.phone ?? null },
                  { label: text("admin.person.roles"), value: <span className="row">{user.roles.map((role) => <Badge key={role}>{roleName(role)}</Badge>)}</span> },
                  {
                    label: text("admin.access.temporary"),
                    value: user.temporaryRoles?.length
                      ? listed(user.temporaryRoles.map((one) => text("admin.access.until", { role: roleName(one.role), time: format.dateTime(one.expiresAt) })))
                      : undefined,
                  },
                  { label: text("admin.person.sites"), value: siteNames.length > 0 ? format.list(siteNames) : undefined },
                  { label: text("admin.person.skills"), value: user.skills.length > 0 ? format.list(user.skills) : null },
                  { label: text("admin.person.employment"), value: text(`admin.employment.${user.employment}`) },
                ]}
              />
              <p className="muted">{text("admin.me.profileText")}</p>
            </div>
          </Card>
          <Appearance />
        </div>
        <div className="stack">
          {user.identityProvider ? <Card title={text("admin.me.password")}><p>{text("admin.me.provider", { provider: user.identityProvider })}</p></Card> : <PasswordCard />}
          <SecondFactor />
          <SecurityKeys />
          <Sessions />
          {may("sync:use") && <Card title={text("pages.devices")}><p><Link to="/devices">{text("admin.devices.text")}</Link></p></Card>}
        </div>
      </div>
    </>
  );
}
