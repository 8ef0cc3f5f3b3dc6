import type { SecurityKeyResponse } from "generated/api";
import { useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { hasSecurityKeys } from "../../../shared/session/securityKey";
import { Badge, Button, Card, ConfirmDialog, ErrorState, Icon, IconButton, Skeleton } from "../../../shared/ui";
import { AddKeyDialog } from "./AddKeyDialog";
import { RecoveryCodes } from "./RecoveryCodes";
import { RenameKeyDialog } from "./RenameKeyDialog";

type Open = "add" | { rename: SecurityKeyResponse } | { remove: SecurityKeyResponse } | { codes: string[] };

/** Keys that prove who one is by a touch, besides the password: on a key ring, or in the device itself. */
export function SecurityKeys() {
  const text = useText();
  const format = useFormat();
  const { data, problem, retry } = useData("GET /api/v1/auth/mfa", {});
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const shown = shownProblem(problem);
  // Without the app, the last key is the only second factor.
  const isLast = data?.isRequired && !data.addedAt && data.securityKeys.length === 1;
  return (
    <Card title={text("admin.securityKeys.title")}>
      {!data ? shown ? <ErrorState problem={shown} retry={retry} /> : <Skeleton lines={2} /> : (
        <div className="stack">
          <p>{text("admin.securityKeys.text")}</p>
          {data.securityKeys.length > 0 && (
            <ul className="admin-lines" aria-label={text("admin.securityKeys.title")}>
              {data.securityKeys.map((key) => (
                <li key={key.id}>
                  <div className="admin-device">
                    <Icon name="key" />
                    <div>
                      <div className="row"><strong dir="auto">{key.name}</strong>{key.isSynced && <Badge>{text("admin.securityKeys.synced")}</Badge>}</div>
                      <span className="muted" title={format.dateTime(key.lastUsedAt ?? key.addedAt)}>
                        {key.lastUsedAt ? text("admin.securityKeys.used", { time: format.relative(key.lastUsedAt) }) : text("admin.securityKeys.unused", { time: format.date(key.addedAt) })}
                      </span>
                    </div>
                  </div>
                  <span className="row">
                    <IconButton size="small" icon="edit" label={text("admin.securityKeys.renameOne", { name: key.name })} onClick={() => setOpen({ rename: key })} />
                    <IconButton
                      size="small" icon="trash" label={text("admin.securityKeys.removeOne", { name: key.name })} disabledReason={isLast ? text("admin.securityKeys.mustStay") : undefined}
                      onClick={() => setOpen({ remove: key })}
                    />
                  </span>
                </li>
              ))}
            </ul>
          )}
          <div className="row">
            <Button icon="key" disabledReason={hasSecurityKeys() ? undefined : text("admin.securityKeys.none")} onClick={() => setOpen("add")}>{text("admin.securityKeys.add")}</Button>
          </div>
        </div>
      )}
      {open === "add" && <AddKeyDialog close={close} done={(codes) => setOpen(codes ? { codes } : undefined)} />}
      {open && typeof open === "object" && "rename" in open && <RenameKeyDialog securityKey={open.rename} close={close} />}
      {open && typeof open === "object" && "remove" in open && (
        <ConfirmDialog
          title={text("admin.securityKeys.removeAsk", { name: open.remove.name })} confirm={text("admin.mfa.remove")} danger explain={explain} close={close}
          run={() => change("DELETE /api/v1/auth/mfa/security-keys/{id}", { path: { id: open.remove.id } })}
        >
          {text("admin.securityKeys.removeText")}
        </ConfirmDialog>
      )}
      {open && typeof open === "object" && "codes" in open && <RecoveryCodes codes={open.codes} close={close} />}
    </Card>
  );
}
