import { useState } from "react";
import { readIfStale } from "../../administration/readIfStale";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Badge, Banner, Button, Card, ConfirmDialog, ErrorState, PageHeader, Skeleton } from "../../../shared/ui";
import { Addresses } from "./Addresses";
import { ProviderForm } from "./ProviderForm";
import { TestCard } from "./TestCard";

/** Where the organization's people log in, if not with a password here. */
export default function IdentityProvider() {
  const text = useText();
  const { data, problem, retry, isLoading } = useData("GET /api/v1/tenant/identity-provider", {});
  const [isRemoving, setIsRemoving] = useState(false);
  const isNone = problem?.code === "not_found";
  const provider = isNone ? undefined : data;
  const shown = shownProblem(problem);
  if (!provider && !isNone) {
    return (
      <>
        <PageHeader title={text("pages.identity_provider")} />
        {shown && !isLoading ? <ErrorState problem={shown} retry={retry} /> : <Card><Skeleton lines={8} /></Card>}
      </>
    );
  }
  return (
    <>
      <PageHeader
        title={text("pages.identity_provider")} description={text("admin.idp.text")}
        meta={provider && <Badge tone={provider.isEnabled ? "success" : "neutral"}>{text(provider.isEnabled ? "admin.idp.on" : "admin.idp.off")}</Badge>}
        actions={provider && <Button kind="danger" icon="trash" onClick={() => setIsRemoving(true)}>{text("admin.idp.remove")}</Button>}
      />
      <div className="stack">
        {!provider && <Banner>{text("admin.idp.none")}</Banner>}
        <div className="admin-columns">
          <ProviderForm key={provider ? "set" : "new"} provider={provider} />
          {provider && <div className="stack"><TestCard provider={provider} /><Addresses provider={provider} /></div>}
        </div>
      </div>
      {provider && isRemoving && (
        <ConfirmDialog
          title={text("admin.idp.removeAsk")} confirm={text("admin.idp.remove")} danger explain={explain} close={() => setIsRemoving(false)}
          run={() => readIfStale(change("DELETE /api/v1/tenant/identity-provider", {}, { version: provider.version }), retry)}
        >
          {text("admin.idp.removeText")}
        </ConfirmDialog>
      )}
    </>
  );
}
