import { useState } from "react";
import { Button, ChangeList, Diff, type DiffChoice, Pager, Timeline } from "../../../shared/ui";
import { Section } from "./Section";

export function Stories() {
  const [choices, setChoices] = useState<Record<string, DiffChoice>>({ title: "theirs" });
  const [pages, setPages] = useState(1);
  return (
    <>
      <Section title="Timeline" wide>
        <Timeline label="History of WO-17" zone="Europe/Madrid" events={[
          { key: "1", at: "2026-11-28T09:12:00Z", text: "Ana Ruiz planned the work order", icon: "plus" },
          { key: "2", at: "2026-11-28T09:30:00Z", text: "Ana Ruiz gave it to Björn Holm", icon: "user", tone: "info" },
          { key: "3", at: "2026-11-29T06:02:00Z", text: "Björn Holm put it on hold", icon: "pause", tone: "warning", detail: "Waits for a fan of type 4650N." },
          { key: "4", at: "2026-11-29T13:45:00Z", text: "An alert was resolved by itself", icon: "bell" },
          { key: "5", at: "2026-11-29T15:20:00Z", text: "Björn Holm completed it", icon: "check", tone: "success" },
        ]} />
      </Section>
      <Section title="Diff" wide>
        <Diff
          choices={choices} onChoose={(field, choice) => setChoices({ ...choices, [field]: choice })}
          fields={[
            { field: "title", label: "Title", theirs: "Replace both fans of inverter 12.3", yours: "Replace fan, inverter 12.3" },
            { field: "due", label: "Due", theirs: "3 Dec 2026", yours: "" },
          ]}
        />
        <ChangeList changes={[{ field: "priority", label: "Priority", before: "Medium", after: "High" }, { field: "due", label: "Due", before: null, after: "3 Dec 2026" }]} />
      </Section>
      <Section title="Pager" wide>
        <p className="muted">Pages: {pages}</p>
        <Button size="small" onClick={() => setPages(1)}>Again</Button>
        <Pager more={pages < 3} busy={false} load={() => setPages(pages + 1)} />
      </Section>
    </>
  );
}
