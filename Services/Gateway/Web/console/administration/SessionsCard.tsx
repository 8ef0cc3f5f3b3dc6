import type { SessionsResponse, SessionsResponseSession as Session } from "generated/api";
import { useState } from "react";
import type { Problem } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge, Button, Card, ConfirmDialog, ErrorState, Icon, Skeleton, toast } from "../../shared/ui";
import { deviceOf } from "./deviceOf";
import { explain, shownProblem } from "./useApiForm";

/** So many at first: whoever uses many devices has the newest ones in sight. */
const step = 8;

interface SessionsCardProps {
  title: string;
  shown: { data: SessionsResponse | undefined; problem: Problem | undefined; retry: () => void };
  endOne: (session: Session) => Promise<unknown>;
  /** Ends all but the one that is looking. */
  endAll: (sessions: readonly Session[]) => Promise<unknown>;
  words: { endAll: string; askAll: string; allText: string };
}

/** Where somebody is signed in, and the end of it: for one's own sessions and for those of others. */
export function SessionsCard({ title, shown: { data, problem, retry }, endOne, endAll, words }: SessionsCardProps) {
  const text = useText();
  const format = useFormat();
  const [count, setCount] = useState(step);
  const [asked, setAsked] = useState<Session | "all">();
  const sessions = [...(data?.items ?? [])].sort((one, other) => Number(other.isCurrent) - Number(one.isCurrent) || (one.refreshedAt < other.refreshedAt ? 1 : -1));
  const others = sessions.filter((one) => !one.isCurrent);
  const shown = shownProblem(problem);
  const nameOf = (one: Session) => deviceOf(one.userAgent).name || text("admin.sessions.unknown");
  const end = async (which: Session | "all") => {
    await (which === "all" ? endAll(others) : endOne(which));
    toast({ tone: "success", text: text("admin.sessions.ended", { count: which === "all" ? others.length : 1 }) });
  };
  return (
    <Card title={title} actions={others.length > 0 && <Button size="small" icon="logout" onClick={() => setAsked("all")}>{words.endAll}</Button>}>
      {!data ? shown ? <ErrorState problem={shown} retry={retry} /> : <Skeleton lines={4} /> : sessions.length === 0 ? <p className="muted">{text("admin.sessions.none")}</p> : (
        <ul className="admin-lines">
          {sessions.slice(0, count).map((one) => (
            <li key={one.id}>
              <div className="admin-device">
                <Icon name={deviceOf(one.userAgent).isPhone ? "phone" : "globe"} />
                <div>
                  <div className="row"><strong title={one.userAgent ?? undefined}>{nameOf(one)}</strong>{one.isCurrent && <Badge tone="success">{text("admin.sessions.this")}</Badge>}</div>
                  <span className="muted" title={format.dateTime(one.refreshedAt)}>{text(one.isCurrent ? "admin.sessions.now" : "admin.sessions.seen", { time: format.relative(one.refreshedAt), begun: format.dateTime(one.createdAt), address: one.address ?? "–" })}</span>
                </div>
              </div>
              {!one.isCurrent && <Button size="small" kind="ghost" aria-label={text("admin.sessions.endOne", { name: nameOf(one) })} onClick={() => setAsked(one)}>{text("admin.sessions.end")}</Button>}
            </li>
          ))}
          {sessions.length > count && <li><Button kind="ghost" size="small" onClick={() => setCount(count + 10 * step)}>{text("ui.more")}</Button></li>}
        </ul>
      )}
      {asked && (
        <ConfirmDialog
          title={asked === "all" ? words.askAll : text("admin.sessions.ask")} confirm={asked === "all" ? words.endAll : text("admin.sessions.end")}
          explain={explain} close={() => setAsked(undefined)} run={() => end(asked)}
        >
          {asked === "all" ? words.allText : text("admin.sessions.text")}
        </ConfirmDialog>
      )}
    </Card>
  );
}
