import type { AccountRoutesSessionsResponseSession as Session } from "generated/api";
import { useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Badge, Button, Card, ConfirmDialog, ErrorState, Icon, Skeleton, toast } from "../../../shared/ui";
import { deviceOf } from "./deviceOf";

/** So many at first: whoever uses many devices has the newest ones in sight. */
const step = 8;

/** Where one is signed in. */
export function Sessions() {
  const text = useText();
  const format = useFormat();
  const { data, problem, retry } = useData("GET /api/v1/auth/sessions", {});
  const [count, setCount] = useState(step);
  const [asked, setAsked] = useState<Session | "others">();
  const sessions = [...(data?.items ?? [])].sort((one, other) => Number(other.isCurrent) - Number(one.isCurrent) || (one.refreshedAt < other.refreshedAt ? 1 : -1));
  const others = sessions.filter((one) => !one.isCurrent);
  const shown = shownProblem(problem);
  const end = async (which: Session | "others") => {
    for (const one of which === "others" ? others : [which]) await change("DELETE /api/v1/auth/sessions/{id}", { path: { id: one.id } });
    toast({ tone: "success", text: text("admin.sessions.ended", { count: which === "others" ? others.length : 1 }) });
  };
  return (
    <Card
      title={text("admin.sessions.title")}
      actions={others.length > 0 && <Button size="small" icon="logout" onClick={() => setAsked("others")}>{text("admin.sessions.endOthers")}</Button>}
    >
      {!data ? shown ? <ErrorState problem={shown} retry={retry} /> : <Skeleton lines={4} /> : (
        <ul className="admin-lines">
          {sessions.slice(0, count).map((one) => (
            <li key={one.id}>
              <div className="admin-device">
                <Icon name={deviceOf(one.userAgent).isPhone ? "phone" : "globe"} />
                <div>
                  <div className="row"><strong title={one.userAgent ?? undefined}>{deviceOf(one.userAgent).name || text("admin.sessions.unknown")}</strong>{one.isCurrent && <Badge tone="success">{text("admin.sessions.this")}</Badge>}</div>
                  <span className="muted" title={format.dateTime(one.refreshedAt)}>{text(one.isCurrent ? "admin.sessions.now" : "admin.sessions.seen", { time: format.relative(one.refreshedAt), begun: format.dateTime(one.createdAt), address: one.address ?? "–" })}</span>
                </div>
              </div>
              {!one.isCurrent && <Button size="small" kind="ghost" aria-label={text("admin.sessions.endOne", { name: deviceOf(one.userAgent).name })} onClick={() => setAsked(one)}>{text("admin.sessions.end")}</Button>}
            </li>
          ))}
          {sessions.length > count && <li><Button kind="ghost" size="small" onClick={() => setCount(count + 10 * step)}>{text("ui.more")}</Button></li>}
        </ul>
      )}
      {asked && (
        <ConfirmDialog
          title={text(asked === "others" ? "admin.sessions.askOthers" : "admin.sessions.ask")} confirm={text(asked === "others" ? "admin.sessions.endOthers" : "admin.sessions.end")}
          explain={explain} close={() => setAsked(undefined)} run={() => end(asked)}
        >
          {text("admin.sessions.text")}
        </ConfirmDialog>
      )}
    </Card>
  );
}
