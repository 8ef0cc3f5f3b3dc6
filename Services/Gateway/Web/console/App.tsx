import { Suspense, useEffect } from "react";
import { setLeaveText, PathContext, usePlace } from "../shared/router";
import { listed, useLocalization, useText } from "../shared/localization";
import { session, useMay } from "../shared/session/session";
import { live } from "../shared/data/live";
import { EmptyState, ErrorState, FormNotice, Progress } from "../shared/ui";
import { retrying } from "../shared/api/call";
import { problemText } from "../shared/api/problemText";
import { usePermissionName } from "./administration/roles";
import { findRoute } from "./routes";
import { PageBoundary } from "./shell/PageBoundary";
import { Shell } from "./shell/Shell";

export function App() {
  const state = session.state.use();
  const text = useText();
  const seconds = retrying.use();
  useLocalization();
  useEffect(() => {
    if (state.phase === "signed_in") live.start();
  }, [state.phase]);
  useEffect(() => setLeaveText(text("app.leave")), [text]);
  if (state.phase === "loading") return null;
  if (state.phase === "failed") {
    return <ErrorState problem={{ message: problemText(state.problem) }} retry={() => location.reload()} />;
  }
  return (
    <FormNotice.Provider value={seconds === null ? null : text("app.retrying", { count: seconds })}>
      <Shell>
        <Page />
      </Shell>
    </FormNotice.Provider>
  );
}

/** Loads the page of this address while nobody knows yet who is signed in. */
export const preload = (): void => void findRoute(location.pathname)?.route.load().catch(() => undefined);

function Page() {
  const { path } = usePlace();
  const text = useText();
  const may = useMay();
  const permissionName = usePermissionName();
  const found = findRoute(path);
  const title = text(found?.route.title ?? "app.not_found");
  useEffect(() => void (document.title = `${title} – dCMMS`), [title]);
  if (!found) return <EmptyState title={text("app.not_found")} icon="map" />;
  const { needs } = found.route;
  if (needs && !needs.some((one) => may(one))) {
    return <EmptyState title={text("app.not_permitted")} icon="lock">{text("app.needs", { permissions: listed(needs.map(permissionName)) })}</EmptyState>;
  }
  const View = found.route.page;
  return (
    <PathContext.Provider value={found.values}>
      <PageBoundary key={path}>
        <Suspense fallback={<Progress label={text("ui.loading")} />}>
          <View />
        </Suspense>
      </PageBoundary>
    </PathContext.Provider>
  );
}
