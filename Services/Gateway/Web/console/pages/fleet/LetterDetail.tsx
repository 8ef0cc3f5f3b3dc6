import type { DeadLetter } from "generated/api";
import type { ReactNode } from "react";
import { PersonName } from "../../administration/people";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Drawer, English, KeyValue } from "../../../shared/ui";

export function LetterDetail({ letter, actions, close }: { letter: DeadLetter; actions: ReactNode; close: () => void }) {
  const text = useText();
  const format = useFormat();
  const code = (value: string | null | undefined) => (value ? <code>{value}</code> : undefined);
  return (
    <Drawer title={letter.eventType ?? letter.topic} close={close} actions={actions || undefined}>
      <div className="stack">
        <KeyValue
          entries={[
            { label: text("admin.fleet.message"), value: <English>{letter.reason}</English> },
            { label: text("admin.person.state"), value: text(`admin.fleet.status.${letter.status}`) },
            { label: text("admin.fleet.refusedAt"), value: format.dateTime(letter.refusedAt) },
            { label: text("admin.fleet.topic"), value: code(letter.topic) },
            { label: text("admin.fleet.place"), value: `${letter.partition} / ${letter.offset}` },
            { label: text("admin.fleet.event"), value: code(letter.eventId) },
            { label: text("fields.tenantId"), value: code(letter.tenantId) },
            { label: text("admin.fleet.contents"), value: text(letter.hasContents ? "admin.yes" : "admin.fleet.onlyInTopic") },
            { label: text("admin.fleet.attempts"), value: format.number(letter.attempts) },
            { label: text("admin.fleet.lastAttempt"), value: letter.attemptedAt ? format.dateTime(letter.attemptedAt) : undefined },
            { label: text("admin.fleet.closed"), value: letter.closedAt ? format.dateTime(letter.closedAt) : undefined },
            { label: text("admin.audit.who"), value: letter.closedBy ? <PersonName id={letter.closedBy} /> : undefined },
            { label: text("admin.fleet.note"), value: letter.note ? <span dir="auto">{letter.note}</span> : undefined },
          ]}
        />
      </div>
    </Drawer>
  );
}
