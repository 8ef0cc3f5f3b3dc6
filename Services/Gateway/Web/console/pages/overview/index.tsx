import { useText } from "../../../shared/localization";
import { PageHeader } from "../../../shared/ui";

export default function OverviewPage() {
  const text = useText();
  return <PageHeader title={text("pages.overview")} />;
}
