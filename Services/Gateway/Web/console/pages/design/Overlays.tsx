import { useState } from "react";
import { Button, ConfirmDialog, Dialog, Drawer, KeyHints, Menu, TextField, toast, Toaster } from "../../../shared/ui";
import { Section } from "./Section";

export function Overlays() {
  const [open, setOpen] = useState<"dialog" | "confirm" | "phrase" | "drawer" | "keys">();
  const [name, setName] = useState("");
  const close = () => setOpen(undefined);
  return (
    <>
      <Section title="Dialogs">
        <Button onClick={() => setOpen("dialog")}>Dialog</Button>
        <Button onClick={() => setOpen("confirm")}>Confirm</Button>
        <Button kind="danger" onClick={() => setOpen("phrase")}>Confirm by typing</Button>
        <Button onClick={() => setOpen("drawer")}>Drawer</Button>
        <Button icon="keyboard" onClick={() => setOpen("keys")}>Shortcuts</Button>
      </Section>
      <Section title="Menus">
        <Menu label="More" items={[
          { key: "edit", label: "Edit", icon: "edit", hint: "E", run: () => undefined },
          { key: "copy", label: "Copy link", icon: "link", run: () => undefined },
          { key: "done", label: "Complete", icon: "check", disabledReason: "Two tasks are open.", run: () => undefined },
          "line",
          { key: "delete", label: "Delete", icon: "trash", danger: true, run: () => undefined },
        ]} />
        <Menu words label="Move to" items={[{ key: "a", label: "In progress", run: () => undefined }, { key: "b", label: "On hold", run: () => undefined }]} />
      </Section>
      <Section title="Toasts">
        <Button onClick={() => toast({ text: "Work order WO-17 was closed.", tone: "success", action: { label: "Undo", run: () => toast({ text: "It is open again." }) } })}>With undo</Button>
        <Button onClick={() => toast({ text: "It could not be moved: two tasks are open.", tone: "danger" })}>Error</Button>
      </Section>
      {open === "dialog" && (
        <Dialog title="Assign" close={close} actions={<><Button onClick={close}>Cancel</Button><Button kind="primary" onClick={close}>Assign</Button></>}>
          <TextField label="To" value={name} onChange={setName} autoFocus />
        </Dialog>
      )}
      {open === "confirm" && <ConfirmDialog title="Put on hold?" confirm="Put on hold" run={() => new Promise((done) => setTimeout(done, 800))} close={close}>The technician is told at once.</ConfirmDialog>}
      {open === "phrase" && <ConfirmDialog title="Erase the person?" danger phrase="Ana Ruiz" confirm="Erase" run={() => Promise.reject(new Error("A legal hold covers her records."))} close={close}>Her name disappears from all records. This cannot be undone.</ConfirmDialog>}
      {open === "drawer" && <Drawer title="WO-2026-000017" close={close} actions={<Button onClick={close}>Close</Button>}><p>Replace the fan of inverter 12.3.</p></Drawer>}
      {open === "keys" && <KeyHints close={close} groups={[{ title: "Everywhere", keys: [{ keys: ["Ctrl", "K"], does: "Search and commands" }, { keys: ["?"], does: "These hints" }] }, { title: "Lists", keys: [{ keys: ["j"], does: "Next row" }, { keys: ["k"], does: "Row before" }, { keys: ["x"], does: "Select" }] }]} />}
      <Toaster />
    </>
  );
}
