import type { EnrolmentResponse } from "generated/api";
import { useState } from "react";
import { explain, shownProblem } from "../../administration/useApiForm";
import { change, useData } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Badge, Banner, Button, Card, ConfirmDialog, ErrorState, Skeleton, toast } from "../../../shared/ui";
import { EnrolDialog } from "./EnrolDialog";
import { RecoveryCodes } from "./RecoveryCodes";

type Open = { enrolment: EnrolmentResponse } | { codes: string[] } | "remove" | "replace";

/** A code of an authenticator app besides the password, and codes for the day on which the phone is lost. */
export function SecondFactor() {
  const text = useText();
  const format = useFormat();
  const { data, problem, retry } = useData("GET /api/v1/auth/mfa", {});
  const [open, setOpen] = useState<Open>();
  const [busy, setBusy] = useState(false);
  const close = () => setOpen(undefined);
  const begin = async () => {
    setBusy(true);
    try {
      setOpen({ enrolment: await change("POST /api/v1/auth/mfa/totp", {}) });
    } catch (error) {
      toast({ tone: "danger", text: explain(error) });
    } finally {
      setBusy(false);
    }
  };
  const shown = shownProblem(problem);
  return (
    <Card
      title={text("admin.mfa.title")}
      actions={data && <Badge tone={data.isEnrolled ? "success" : data.isRequired ? "warning" : "neutral"}>{text(data.isEnrolled ? "admin.mfa.on" : "admin.mfa.off")}</Badge>}
    >
      {!data ? shown ? <ErrorState problem={shown} retry={retry} /> : <Skeleton lines={3} /> : (
        <div className="stack">
          {data.isRequired && !data.isEnrolled && <Banner tone="warning">{text("admin.mfa.required")}</Banner>}
          <p>{data.addedAt ? text("admin.mfa.since", { time: format.date(data.addedAt) }) : text("admin.mfa.text")}</p>
          {data.isEnrolled && (
            <>
              {data.recoveryCodesLeft < 3 && <Banner tone="warning">{text("admin.mfa.few", { count: data.recoveryCodesLeft })}</Banner>}
              {data.recoveryCodesLeft >= 3 && <p className="muted">{text("admin.mfa.left", { count: data.recoveryCodesLeft })}</p>}
            </>
          )}
          <div className="row">
            <Button icon="phone" busy={busy} onClick={() => void begin()}>{text(data.addedAt ? "admin.mfa.other" : "admin.mfa.add")}</Button>
            {data.isEnrolled && <Button icon="refresh" onClick={() => setOpen("replace")}>{text("admin.mfa.newCodes")}</Button>}
            {data.addedAt && (
              <Button kind="danger" icon="trash" disabledReason={data.isRequired && data.securityKeys.length === 0 ? text("admin.mfa.mustStay") : undefined} onClick={() => setOpen("remove")}>{text("admin.mfa.remove")}</Button>
            )}
          </div>
        </div>
      )}
      {open === "remove" && (
        <ConfirmDialog title={text("admin.mfa.removeAsk")} confirm={text("admin.mfa.remove")} danger explain={explain} close={close} run={() => change("DELETE /api/v1/auth/mfa/totp", {})}>
          {text(data?.securityKeys.length ? "admin.mfa.removeAppText" : "admin.mfa.removeText")}
        </ConfirmDialog>
      )}
      {open === "replace" && (
        <ConfirmDialog
          title={text("admin.mfa.newCodesAsk")} confirm={text("admin.mfa.newCodes")} explain={explain} close={() => setOpen((now) => (now === "replace" ? undefined : now))}
          run={async () => setOpen({ codes: (await change("POST /api/v1/auth/mfa/recovery-codes", {})).recoveryCodes })}
        >
          {text("admin.mfa.newCodesText")}
        </ConfirmDialog>
      )}
      {open && typeof open === "object" && "enrolment" in open && <EnrolDialog enrolment={open.enrolment} done={(codes) => setOpen({ codes })} close={close} />}
      {open && typeof open === "object" && "codes" in open && <RecoveryCodes codes={open.codes} close={close} />}
    </Card>
  );
}
