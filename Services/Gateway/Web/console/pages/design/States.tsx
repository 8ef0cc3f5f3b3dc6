import { Button, EmptyState, ErrorState, Status } from "../../../shared/ui";
import { looks } from "../../../shared/ui/looks";
import type { StatusKind } from "../../../shared/ui";
import { Section } from "./Section";

export function States() {
  return (
    <>
      {(Object.keys(looks) as StatusKind[]).map((kind) => (
        <Section key={kind} title={`Status: ${kind}`}>
          {[...Object.keys(looks[kind]), "something_new"].map((value) => (
            <div key={value} className="stack-tight"><Status kind={kind} value={value} /><Status kind={kind} value={value} soft /></div>
          ))}
        </Section>
      ))}
      <Section title="Empty and error" wide>
        <EmptyState title="No work orders yet" icon="wrench" action={<Button kind="primary" icon="plus">New work order</Button>}>They appear here as soon as somebody plans one or an alert makes one.</EmptyState>
        <ErrorState problem={{ message: "The service is busy. It was tried three times.", requestId: "01JDX9Q2T4" }} retry={() => undefined} />
      </Section>
    </>
  );
}
