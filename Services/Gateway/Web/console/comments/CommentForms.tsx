import { useText } from "../../shared/localization";
import { useMay } from "../../shared/session/session";
import { Button, Form, toast, type FormState } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import type { WorkOrder } from "../orders/orders";
import { EditDialog } from "../pages/assets/EditDialog";
import { useEdit } from "../pages/assets/useEdit";
import { useMentioned } from "./CommentLine";
import { editComment, emptyComment, longest, readComment, writeComment, type Comment, type CommentDraft } from "./comments";
import { MentionField } from "./MentionField";
import type { Mention } from "./mentions";

/** Writes a comment: Ctrl and Enter send it. Nothing typed is lost when that fails. */
export function NewComment({ order, autoFocus, written }: { order: WorkOrder; autoFocus: boolean; written: () => void }) {
  const text = useText();
  const form = useApiForm<CommentDraft>({
    initial: emptyComment,
    check: useCheck(),
    submit: async (draft) => {
      await writeComment(order, draft);
      written();
    },
  });
  return (
    <div
      className="comment-new"
      onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) { event.preventDefault(); void form.send(); } }}
    >
      <Form form={form} label={text("orders.comment.write")}>
        <Words form={form} label={text("orders.comment.write")} autoFocus={autoFocus} />
        <div><Button type="submit" busy={form.busy}>{text("orders.comment.send")}</Button></div>
      </Form>
    </div>
  );
}

/** Changes what one has written oneself. */
export function EditComment({ comment, changed, close }: { comment: Comment; changed: () => void; close: () => void }) {
  const text = useText();
  const mentioned = useMentioned();
  const edit = useEdit<Comment, { draft: CommentDraft }>({
    record: comment,
    valuesOf: (one) => ({ draft: { text: one.text ?? "", people: mentioned(one.mentions) } }),
    read: () => readComment(comment),
    send: ({ draft }, version) => editComment(comment, draft ?? emptyComment, version),
    check: ({ draft }) => (draft.text.trim() === "" ? { draft: text("rules.blank") } : {}),
    done: () => {
      changed();
      close();
      toast({ tone: "success", text: text("orders.comment.was_edited") });
    },
  });
  const { form } = edit;
  const draft = form.values.draft;
  return (
    <EditDialog title={text("orders.comment.edit")} edit={edit} labels={{ draft: text("orders.comment.text") }} shown={(_, values) => values.draft.text} close={close}>
      <MentionField
        label={text("orders.comment.text")} name="draft" value={draft.text} error={form.field("draft").error} required rows={4} maxLength={longest}
        people={draft.people} onChange={(words, person) => form.set({ draft: written(draft, words, person) })}
      />
    </EditDialog>
  );
}

const written = ({ people }: CommentDraft, text: string, person: Mention | undefined): CommentDraft => ({ text, people: person ? [...people, person] : people });

function useCheck(): (draft: CommentDraft) => { text?: string } {
  const text = useText();
  return (draft) => (draft.text.trim() === "" ? { text: text("rules.blank") } : {});
}

function Words({ form, label, autoFocus }: { form: FormState<CommentDraft>; label: string; autoFocus: boolean }) {
  const text = useText();
  const mayMention = useMay()("user:read");
  const { people } = form.values;
  return (
    <MentionField
      label={label} hideLabel hint={text(mayMention ? "orders.comment.hint" : "orders.comment.hint_plain")} maxLength={longest} autoFocus={autoFocus} {...form.field("text")}
      people={people} onChange={(words, person) => form.set(written(form.values, words, person))}
    />
  );
}
