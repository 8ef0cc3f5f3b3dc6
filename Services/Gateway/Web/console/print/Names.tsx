import type { ReactNode } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import type { Comment } from "../comments/comments";
import { useNames } from "../people";
import type { Signature } from "../signatures/signatures";
import { Line } from "./Section";

export function Comments({ comments, zone }: { comments: readonly Comment[]; zone: string }) {
  const format = useFormat();
  const nameOf = useNames();
  return (
    <ul className="print-comments">
      {comments.map((comment) => (
        <li key={comment.id}><p><strong><bdi>{nameOf(comment.createdBy)}</bdi></strong> <span className="print-small">{format.dateTime(comment.createdAt, zone)}</span></p><p className="print-words" dir="auto">{comment.text}</p></li>
      ))}
    </ul>
  );
}

/** Who has signed, when, and by which hash of what was signed; and room for those who sign the paper. */
export function Signatures({ signatures, zone }: { signatures: readonly Signature[]; zone: string }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  return (
    <>
      {signatures.length > 0 && (
        <ul className="print-comments">
          {signatures.map(({ id, signedBy, signedAt, meaning, intact, version, sha256 }) => (
            <li key={id}>
              <p><strong><bdi>{nameOf(signedBy)}</bdi></strong> {text(`orders.signature.says.${meaning}`)}, {format.dateTime(signedAt, zone)}<span className="print-mark">{text(intact ? "orders.signature.intact" : "orders.signature.broken")}</span></p>
              <p className="print-small">{text("orders.signature.version", { version: String(version) })}, {text("orders.signature.hash")} <code>{sha256.slice(0, 16)}</code></p>
            </li>
          ))}
        </ul>
      )}
      <Hands />
    </>
  );
}

/** Where somebody signs by hand. */
export function Hands() {
  const text = useText();
  return <div className="print-hands"><Hand>{text("orders.print.name")}</Hand><Hand>{text("orders.print.date")}</Hand><Hand>{text("orders.print.signature")}</Hand></div>;
}

const Hand = ({ children }: { children: ReactNode }) => <div className="print-hand"><Line isLong /><span className="print-small">{children}</span></div>;
