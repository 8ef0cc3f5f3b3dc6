import type { UserResponse } from "generated/api";
import { useState } from "react";
import { explain } from "../../administration/useApiForm";
import { change } from "../../../shared/data";
import type { Input } from "../../../shared/api/call";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { useMay, useUser } from "../../../shared/session/session";
import { ConfirmDialog, Menu, type MenuEntry, toast } from "../../../shared/ui";

type Act = "invite" | "unlock" | "sessions" | "mfa" | "link" | "deactivate" | "activate" | "erase";

const operations = {
  invite: "POST /api/v1/users/{id}/invitation",
  unlock: "POST /api/v1/users/{id}/unlock",
  sessions: "DELETE /api/v1/users/{id}/sessions",
  mfa: "DELETE /api/v1/users/{id}/mfa",
  link: "POST /api/v1/users/{id}/identity-link",
  deactivate: "POST /api/v1/users/{id}/deactivate",
  activate: "POST /api/v1/users/{id}/activate",
  erase: "POST /api/v1/users/{id}/erase",
} as const;

/** What can be done with somebody's account. Each says what happens before it does. */
export function PersonActions({ user }: { user: UserResponse }) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const self = useUser();
  const [asked, setAsked] = useState<Act>();
  const isOwn = self.id === user.id ? text("admin.act.own") : undefined;
  const ask = (act: Act) => () => setAsked(act);
  const offered: (MenuEntry | false)[] = [
    user.isInvited && user.isActive && may("user:create") && { key: "invite", icon: "refresh", label: text("admin.act.invite"), run: ask("invite") },
    may("user:deactivate") && { key: "unlock", icon: "key", label: text("admin.act.unlock"), run: ask("unlock") },
    may("user:deactivate") && { key: "sessions", icon: "logout", label: text("admin.act.sessions"), run: ask("sessions") },
    may("user:update") && { key: "mfa", icon: "shield", label: text("admin.act.mfa"), disabledReason: isOwn, run: ask("mfa") },
    may("user:update") && { key: "link", icon: "link", label: text("admin.act.link"), run: ask("link") },
    (may("user:deactivate") || may("user:erase")) && "line",
    may("user:deactivate") && (user.isActive
      ? { key: "deactivate", icon: "lock", label: text("admin.act.deactivate"), danger: true, disabledReason: isOwn, run: ask("deactivate") }
      : { key: "activate", icon: "check", label: text("admin.act.activate"), run: ask("activate") }),
    may("user:erase") && { key: "erase", icon: "trash", label: text("admin.act.erase"), danger: true, disabledReason: isOwn, run: ask("erase") },
  ];
  const items = offered.filter((one): one is MenuEntry => one !== false);
  if (items.length === 0) return null;
  const run = async (act: Act) => {
    const answer = await change(operations[act], { path: { id: user.id } } as Input<(typeof operations)[Act]>);
    const until = act === "link" && answer && "until" in answer ? format.dateTime(answer.until) : "";
    toast({ tone: "success", text: text(`admin.act.done.${act}`, { name: user.displayName, until }) });
  };
  return (
    <>
      <Menu label={text("admin.act.all")} words items={items} />
      {asked && (
        <ConfirmDialog
          title={text(`admin.act.ask.${asked}`, { name: user.displayName })} confirm={text(`admin.act.${asked}`)}
          danger={asked === "erase" || asked === "deactivate"} {...(asked === "erase" ? { phrase: user.displayName } : {})}
          explain={explain} run={() => run(asked)} close={() => setAsked(undefined)}
        >
          {text(`admin.act.text.${asked}`)}
        </ConfirmDialog>
      )}
    </>
  );
}
