import { useText } from "../localization";
import { Skeleton } from "./Skeleton";
import { Spinner } from "./Spinner";
import { EmptyState, ErrorState } from "./States";
import type { TableProps } from "./tableTypes";

/** Under the header when there are no rows, and at the end while more are on their way. */
export function TableStates<Row>({ rows, loading, problem, retry, empty }: TableProps<Row>) {
  const text = useText();
  if (problem) return <ErrorState problem={problem} retry={retry} />;
  if (rows.length > 0) return loading ? <div className="ui-table-more"><Spinner /></div> : null;
  if (loading) return <div className="ui-table-loading"><Skeleton lines={8} /></div>;
  return <>{empty ?? <EmptyState title={text("ui.table.empty")} icon="list" />}</>;
}
