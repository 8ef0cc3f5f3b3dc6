import { PageHeader } from "../../../shared/ui";
import { Basics } from "./Basics";
import { Charts } from "./Charts";
import { Finding } from "./Finding";
import { Forms } from "./Forms";
import { Maps } from "./Maps";
import { Overlays } from "./Overlays";
import { States } from "./States";
import { Stories } from "./Stories";
import { Tables } from "./Tables";

/** Every component in every state, to look at while building. Its words are not translated: it is there in development only. */
export default function DesignPage() {
  return (
    <>
      <PageHeader title="Design system" description="Every component in every state." />
      <Basics />
      <States />
      <Tables />
      <Charts />
      <Maps />
      <Finding />
      <Forms />
      <Overlays />
      <Stories />
    </>
  );
}
