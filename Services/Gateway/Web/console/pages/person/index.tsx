import { PersonState, stateOf } from "../../administration/people";
import { shownProblem } from "../../administration/useApiForm";
import { useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { usePathValue, useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Banner, Card, ErrorState, PageHeader, Skeleton, Tabs } from "../../../shared/ui";
import { AccessTab } from "./AccessTab";
import { ActivityTab } from "./ActivityTab";
import { PersonActions } from "./PersonActions";
import { ProfileTab } from "./ProfileTab";
import { WhyTab } from "./WhyTab";

type Tab = "profile" | "access" | "why" | "activity";

export default function Person() {
  const text = useText();
  const may = useMay();
  const id = usePathValue("id");
  const [search, setSearch] = useSearch();
  const { data: user, problem, retry } = useData("GET /api/v1/users/{id}", { path: { id } });
  if (!user) {
    const shown = shownProblem(problem);
    return shown ? <ErrorState problem={shown} retry={retry} /> : <Card><Skeleton lines={8} /></Card>;
  }
  const living: Tab[] = user.isErased ? [] : ["access", ...(may("role:read") ? ["why" as const] : [])];
  const tabs: Tab[] = ["profile", ...living, ...(may("audit:read") ? ["activity" as const] : [])];
  const tab = tabs.find((one) => one === search.get("tab")) ?? "profile";
  return (
    <>
      <PageHeader
        title={user.isErased ? text("admin.person.erasedName") : user.displayName} crumbs={[{ title: text("pages.people"), to: "/people" }]} meta={<PersonState user={user} />}
        description={user.isErased ? undefined : user.email} actions={stateOf(user) !== "erased" && <PersonActions user={user} />}
      />
      <div className="stack">
        {user.isErased && <Banner tone="warning">{text("admin.person.erased")}</Banner>}
        <Tabs
          label={text("admin.person.parts")} value={tab} onChange={(value) => setSearch({ tab: value === "profile" ? null : value, permission: null })}
          tabs={tabs.map((value) => ({ value, label: text(`admin.person.tab.${value}`) }))}
        >
          {tab === "profile" && <ProfileTab key={user.id} user={user} />}
          {tab === "access" && <AccessTab key={user.id} user={user} />}
          {tab === "why" && <WhyTab user={user} />}
          {tab === "activity" && <ActivityTab user={user} />}
        </Tabs>
      </div>
    </>
  );
}
