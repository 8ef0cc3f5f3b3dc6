import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { classes, IconButton } from "../../shared/ui";
import { SiteTime } from "../orders/Names";
import type { WorkOrder } from "../orders/orders";
import { usePeople, usePerson } from "../people";
import { useZones } from "../places";
import type { Comment } from "./comments";
import { pieces, type Mention } from "./mentions";

interface CommentLineProps { order: WorkOrder; comment: Comment; mayChange: boolean; edit: () => void; remove: () => void }

/** One comment: who has written it, when, and what. Of one that was deleted, the place is left. */
export function CommentLine({ order, comment, mayChange, edit, remove }: CommentLineProps) {
  const text = useText();
  const format = useFormat();
  const zone = useZones()(order.siteId);
  const author = usePerson(comment.createdBy);
  const isDeleted = Boolean(comment.deletedAt);
  const name = author?.name ?? "";
  return (
    <li className={classes("comment", author?.isYou && "comment-own")}>
      <div className="comment-head">
        <span className="comment-who"><bdi>{name}</bdi></span>
        <span className="muted comment-when">
          <SiteTime order={order} at={comment.createdAt} isShort />
          {comment.editedAt && <span title={format.dateTime(comment.editedAt, zone)}>{text("orders.comment.edited")}</span>}
        </span>
        {mayChange && !isDeleted && author?.isYou && (
          <span className="comment-acts">
            <IconButton size="small" icon="edit" label={text("orders.comment.edit_of", { time: format.dateTime(comment.createdAt, zone) })} onClick={edit} />
            <IconButton size="small" icon="trash" label={text("orders.comment.delete_of", { time: format.dateTime(comment.createdAt, zone) })} onClick={remove} />
          </span>
        )}
      </div>
      {isDeleted ? <p className="muted comment-gone">{text("orders.comment.deleted")}</p> : <Words comment={comment} />}
    </li>
  );
}

/** The names of those who are mentioned, as far as they may be known. */
export function useMentioned(): (ids: readonly string[]) => Mention[] {
  const { byId } = usePeople();
  return (ids) => ids.map((id) => ({ id, name: byId.get(id)?.displayName ?? "" }));
}

function Words({ comment }: { comment: Comment }) {
  const { byId } = usePeople();
  const text = useText();
  const format = useFormat();
  const people = useMentioned()(comment.mentions);
  const words = comment.text ?? "";
  // Somebody may be called otherwise now.
  const unseen = people.filter(({ id, name }) => byId.has(id) && !words.includes(`@${name}`)).map(({ name }) => name);
  return (
    <>
      <p className="comment-text" dir="auto">
        {pieces(words, people).map((piece, index) => (typeof piece === "string" ? piece : <Mentioned key={index} {...piece} />))}
      </p>
      {unseen.length > 0 && <p className="muted">{text("orders.comment.for", { names: format.list(unseen) })}</p>}
    </>
  );
}

function Mentioned({ id, name }: Mention) {
  const isYou = usePerson(id)?.isYou ?? false;
  return <bdi className={classes("comment-mention", isYou && "comment-you")}>@{name}</bdi>;
}
