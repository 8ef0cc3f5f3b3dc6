import type { ImportRoutesImportResponseImported as Imported } from "generated/api";
import { useRef, useState } from "react";
import { useRoleName } from "../../administration/roles";
import { explain, explainField } from "../../../shared/api/explain";
import { call } from "../../../shared/api/call";
import { Problem } from "../../../shared/api/Problem";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Badge, Banner, Button, Checkbox, Dialog, TextArea, toast } from "../../../shared/ui";

interface Fault { line: number; field: string; message: string }
type Check = { people: Imported[] } | { faults: Fault[] } | { problem: string };

const columns = "email,firstName,lastName,phone,roles,siteIds,employment,skills";

/** Many people at once: the table is checked first, line by line, and nothing happens before it is right. */
export function ImportDialog({ close }: { close: () => void }) {
  const text = useText();
  const roleName = useRoleName();
  const file = useRef<HTMLInputElement>(null);
  const [csv, setCSV] = useState("");
  const [sends, setSends] = useState(true);
  const [busy, setBusy] = useState(false);
  const [check, setCheck] = useState<Check>();
  const write = (value: string) => {
    setCSV(value);
    setCheck(undefined);
  };
  const read = async (files: FileList | null) => {
    const first = files?.[0];
    if (first) write(await first.text());
  };
  const refused = (error: unknown) => {
    const problem = Problem.from(error);
    const faults = (problem.document.errors ?? []).map((wrong) => ({ ...placeOf(wrong.field), message: explainField(wrong) }));
    setCheck(faults.length > 0 ? { faults } : { problem: explain(problem) });
  };
  const run = async (onlyChecks: boolean) => {
    setBusy(true);
    try {
      if (onlyChecks) setCheck({ people: (await call("POST /api/v1/users/import", { body: { csv, onlyChecks: true } })).items });
      else {
        const { items } = await change("POST /api/v1/users/import", { body: { csv, sendsInvitations: sends } });
        toast({ tone: "success", text: text("admin.import.done", { count: items.length }) });
        close();
      }
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };
  const people = check && "people" in check ? check.people : undefined;
  return (
    <Dialog
      title={text("admin.import.title")} close={close} size="large"
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button busy={busy} disabledReason={csv.trim() ? undefined : text("admin.import.needsTable")} onClick={() => void run(true)}>{text("admin.import.check")}</Button>
          <Button kind="primary" busy={busy} disabledReason={people ? undefined : text("admin.import.checkFirst")} onClick={() => void run(false)}>
            {text("admin.import.run", { count: people?.length ?? 0 })}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{text("admin.import.text")} <code dir="ltr">{columns}</code></p>
        <div className="row">
          <input ref={file} type="file" accept=".csv,text/csv" hidden onChange={(event) => void read(event.target.files)} />
          <Button icon="list" onClick={() => file.current?.click()}>{text("admin.import.file")}</Button>
        </div>
        <TextArea label={text("admin.import.table")} rows={8} dir="ltr" value={csv} onChange={write} placeholder={`${columns}\nanna@sunfield.example,Anna,Berg,+4930123456,supervisor,,employee,`} />
        <Checkbox label={text("admin.import.sends")} value={sends} onChange={setSends} />
        <div aria-live="polite" className="stack">
          {check && "problem" in check && <Banner tone="danger">{check.problem}</Banner>}
          {check && "faults" in check && <Faults faults={check.faults} />}
          {people && (
            <>
              <Banner tone="success">{text("admin.import.right", { count: people.length })}</Banner>
              <ul className="admin-lines">
                {people.slice(0, 200).map((one) => (
                  <li key={one.line}>
                    <span><span className="muted">{text("admin.import.line", { line: one.line })}</span> <strong>{one.displayName}</strong> {one.email}</span>
                    <span className="row">{one.roles.map((role) => <Badge key={role}>{roleName(role)}</Badge>)}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Faults({ faults }: { faults: Fault[] }) {
  const text = useText();
  return (
    <>
      <Banner tone="danger">{text("admin.import.wrong", { count: faults.length })}</Banner>
      <ul className="admin-lines">
        {faults.map((fault, index) => (
          <li key={index}>
            <span><Badge tone="danger">{text("admin.import.line", { line: fault.line })}</Badge> <code>{fault.field}</code></span>
            <span>{fault.message}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The server names a place `line 3: email`. */
function placeOf(field: string): { line: number; field: string } {
  const found = /^line (\d+): (.*)$/.exec(field);
  return found ? { line: Number(found[1]), field: found[2] ?? "" } : { line: 1, field };
}
