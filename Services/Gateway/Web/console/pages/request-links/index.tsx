import { useMemo, useState } from "react";
import type { NewRequestLinkResponse } from "generated/api";
import { explain, shownProblem } from "../../administration/useApiForm";
import { useData } from "../../../shared/data";
import { listed, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay } from "../../../shared/session/session";
import { Badge, Button, Card, ConfirmDialog, EmptyState, Menu, PageHeader, Table, type Column } from "../../../shared/ui";
import { EditLink, NewLink } from "../../requests/LinkForm";
import { PlaceName } from "../../requests/Place";
import { isOpenLink, replaceToken, type RequestLink } from "../../requests/requests";
import { Sign } from "../../requests/Sign";
import { useKeys } from "../../useKeys";

type Open = { what: "new" } | { what: "edit" | "replace"; link: RequestLink } | { what: "sign"; made: NewRequestLinkResponse };

/** Where people without an account can ask for work, and the signs that lead there. */
export default function RequestLinksPage() {
  const text = useText();
  const format = useFormat();
  const mayManage = useMay()("request-link:manage");
  const list = useData("GET /api/v1/request-links", { query: { limit: 100 } });
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const create = () => setOpen({ what: "new" });
  useKeys({ c: mayManage ? create : undefined });
  const sign = (made: NewRequestLinkResponse) => setOpen({ what: "sign", made });
  const state = (link: RequestLink) => (isOpenLink(link) ? <Badge tone="success">{text("orders.request.open")}</Badge> : <Badge>{text(link.isActive ? "orders.request.ended" : "orders.request.off")}</Badge>);
  const acts = (link: RequestLink) => mayManage && (
    <Menu
      size="small" icon="more" label={text("orders.request.link_more", { place: link.label })}
      items={[
        { key: "edit", label: text("orders.request.link_change"), icon: "edit", run: () => setOpen({ what: "edit", link }) },
        { key: "replace", label: text("orders.request.replace"), icon: "qr", run: () => setOpen({ what: "replace", link }) },
      ]}
    />
  );
  const more: Column<RequestLink> = { key: "acts", header: text("orders.more"), width: 64, fixed: true, cell: acts };
  const columns = useMemo<Column<RequestLink>[]>(() => [
    { key: "label", header: text("orders.request.label"), minWidth: 170, fixed: true, cell: ({ label }) => <span dir="auto">{label}</span> },
    { key: "place", header: text("orders.request.place"), minWidth: 150, cell: (link) => <PlaceName at={link} /> },
    { key: "state", header: text("orders.status"), width: 120, cell: state },
    { key: "kinds", header: text("orders.request.kinds"), minWidth: 160, cell: ({ kinds }) => listed(kinds.map((one) => text(`orders.request.kind.${one}`))) },
    { key: "end", header: text("orders.request.expires"), width: 130, cell: ({ expiresAt }) => (expiresAt ? format.date(expiresAt) : <span className="muted">{text("admin.never")}</span>) },
    { key: "most", header: text("orders.request.most"), width: 100, align: "end", cell: ({ maximumOpen }) => format.number(maximumOpen) },
    ...(mayManage ? [more] : []),
  ], [text, format, mayManage]);
  const button = mayManage && <Button icon="plus" kind="primary" aria-keyshortcuts="c" onClick={create}>{text("orders.request.link_new")}</Button>;
  return (
    <>
      <PageHeader title={text("pages.request_links")} description={text("orders.request.links_about")} crumbs={[{ title: text("pages.requests"), to: "/requests" }]} actions={button} />
      <Card flush>
        <Table
          label={text("pages.request_links")} rows={list.data?.items ?? []} rowKey={({ id }) => id} columns={columns} remember="request-links" loading={list.isLoading && !list.data}
          problem={list.data ? undefined : shownProblem(list.problem)} retry={list.retry} onEnd={list.data?.nextCursor ? list.more : undefined}
          cardHeight={92}
          card={(link) => <div className="row-apart"><div className="stack-tight"><strong dir="auto">{link.label}</strong><span className="row">{state(link)}<span className="muted"><PlaceName at={link} /></span></span></div>{acts(link)}</div>}
          empty={<EmptyState title={text("orders.request.links_none")} icon="qr" action={button}>{text("orders.request.links_none_hint")}</EmptyState>}
        />
      </Card>
      {open?.what === "new" && <NewLink made={sign} close={close} />}
      {open?.what === "edit" && <EditLink link={open.link} changed={list.retry} close={close} />}
      {open?.what === "sign" && <Sign made={open.made} close={close} />}
      {open?.what === "replace" && (
        <Replace link={open.link} made={sign} close={() => setOpen((now) => (now?.what === "replace" ? null : now))} />
      )}
    </>
  );
}

function Replace({ link, made, close }: { link: RequestLink; made: (link: NewRequestLinkResponse) => void; close: () => void }) {
  const text = useText();
  return (
    <ConfirmDialog title={text("orders.request.replace_title", { place: link.label })} confirm={text("orders.request.replace")} danger explain={explain} close={close} run={async () => made(await replaceToken(link))}>
      {text("orders.request.replace_text")}
    </ConfirmDialog>
  );
}
