import { useEffect, useRef, useState } from "react";
import { useText } from "../../shared/localization";
import { useMay, useUser } from "../../shared/session/session";
import { Button, Card, ConfirmDialog, ErrorState, Skeleton, toast } from "../../shared/ui";
import { readIfStale } from "../administration/readIfStale";
import { explain, shownProblem } from "../administration/useApiForm";
import type { WorkOrder } from "../orders/orders";
import { useNames } from "../people";
import { useKeys } from "../useKeys";
import { CommentLine } from "./CommentLine";
import { deleteComment, useComments, type Comment } from "./comments";
import { EditComment, NewComment } from "./CommentForms";

/** So many are shown at first: the latest. */
const few = 10;

type Open = { what: "edit" | "delete"; comment: Comment };

/** What people write about a work order, the latest at the end. */
export function CommentsCard({ order }: { order: WorkOrder }) {
  const text = useText();
  const may = useMay()("workorder:comment");
  const { comments, problem, retry } = useComments(order);
  const [isWhole, setWhole] = useState(false);
  const [open, setOpen] = useState<Open | null>(null);
  const [sent, setSent] = useState(0);
  const news = useNews(comments);
  const list = useRef<HTMLUListElement>(null);
  useKeys({ w: may ? () => document.querySelector<HTMLElement>(".comment-new textarea")?.focus() : undefined });
  const now = (comment: Comment) => comments?.find(({ id }) => id === comment.id) ?? comment;
  const earlier = isWhole ? 0 : Math.max(0, (comments?.length ?? 0) - few);
  const close = () => setOpen(null);
  const showAll = () => {
    setWhole(true);
    // What was pressed is gone: reading goes on with the first of them.
    requestAnimationFrame(() => list.current?.focus());
  };
  return (
    <Card title={text("orders.comments")}>
      <div className="stack-tight">
        {!comments && (problem ? <ErrorState problem={shownProblem(problem) ?? { message: "" }} retry={retry} /> : <Skeleton lines={3} />)}
        {comments?.length === 0 && <p className="muted">{text("orders.comment.none")}</p>}
        {earlier > 0 && <div><Button size="small" kind="ghost" icon="chevron-up" onClick={showAll}>{text("orders.comment.earlier", { count: earlier })}</Button></div>}
        {comments && comments.length > 0 && (
          <ul ref={list} className="comments" tabIndex={-1} aria-label={text("orders.comments")}>
            {comments.slice(earlier).map((comment) => (
              <CommentLine key={comment.id} order={order} comment={comment} mayChange={may} edit={() => setOpen({ what: "edit", comment })} remove={() => setOpen({ what: "delete", comment })} />
            ))}
          </ul>
        )}
        <span role="status" className="visually-hidden">{news}</span>
        {/* A new form after each comment, in which the person goes on writing. */}
        {may && <NewComment key={sent} order={order} autoFocus={sent > 0} written={() => { setSent(sent + 1); retry(); }} />}
      </div>
      {open?.what === "edit" && <EditComment comment={open.comment} changed={retry} close={close} />}
      {open?.what === "delete" && (
        <ConfirmDialog
          title={text("orders.comment.delete_title")} confirm={text("orders.comment.delete")} danger explain={explain} close={close}
          run={async () => {
            await readIfStale(deleteComment(now(open.comment)), retry);
            retry();
            toast({ tone: "success", text: text("orders.comment.was_deleted") });
          }}
        >
          {text("orders.comment.delete_text")}
        </ConfirmDialog>
      )}
    </Card>
  );
}

/** Who else has written while the page was open, for those who do not see it come. */
function useNews(comments: readonly Comment[] | undefined): string {
  const text = useText();
  const self = useUser().id;
  const nameOf = useNames();
  const known = useRef<number>();
  const [news, setNews] = useState("");
  useEffect(() => {
    if (!comments) return;
    const fresh = known.current === undefined ? [] : comments.slice(known.current).filter(({ createdBy }) => createdBy !== self);
    known.current = comments.length;
    const last = fresh[fresh.length - 1];
    if (last?.text) setNews(text("orders.comment.news", { name: nameOf(last.createdBy) }));
  }, [comments]);
  return news;
}
