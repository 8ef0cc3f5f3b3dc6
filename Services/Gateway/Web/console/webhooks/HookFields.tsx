import { useText } from "../../shared/localization";
import { Checkbox, Field, TextField, type FormState } from "../../shared/ui";
import { hookEvents, type HookDraft } from "./webhooks";

/** What a webhook is called, where it leads to, and what is told there. */
export function HookFields({ form }: { form: FormState<HookDraft> }) {
  const text = useText();
  const { events } = form.values;
  return (
    <>
      <TextField label={text("orders.hook.name")} required maxLength={80} {...form.field("name")} />
      <TextField label={text("orders.hook.url")} required type="url" maxLength={1000} hint={text("orders.hook.url_hint")} {...form.field("url")} />
      <Field label={text("orders.hook.events")} name="events" error={form.field("events").error} group>
        {() => (
          <div className="hook-events">
            {hookEvents.map((one) => (
              <Checkbox
                key={one} label={text(`orders.hook.event.${one}`)} value={events.includes(one)}
                onChange={(on) => form.set({ events: hookEvents.filter((other) => (other === one ? on : events.includes(other))) })}
              />
            ))}
          </div>
        )}
      </Field>
      <Checkbox label={text("orders.hook.active")} name="isActive" value={form.values.isActive} hint={text("orders.hook.active_hint")} onChange={(isActive) => form.set({ isActive })} />
    </>
  );
}

export function useHookCheck(): (draft: HookDraft) => Partial<Record<keyof HookDraft, string>> {
  const text = useText();
  return ({ name, url, events }) => ({
    ...(name.trim() === "" ? { name: text("rules.required") } : {}),
    ...(url.trim() === "" ? { url: text("rules.required") } : {}),
    ...(events.length === 0 ? { events: text("orders.hook.events_missing") } : {}),
  });
}
