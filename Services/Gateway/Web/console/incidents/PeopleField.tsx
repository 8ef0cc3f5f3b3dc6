import { useText } from "../../shared/localization";
import { Combobox, Field, IconButton, Select, type FieldProps } from "../../shared/ui";
import { useAssignees } from "../orders/AssignDialog";
import { usePerson } from "../people";
import type { Incident } from "./incidents";

export type Involved = Incident["people"][number];
export const roles: Involved["role"][] = ["injured", "involved", "witness"];

/** Who was there, and as what. Who does not belong to the organization is named in the description. */
export function PeopleField({ value: people, onChange, ...frame }: FieldProps<Involved[]>) {
  const text = useText();
  const options = useAssignees();
  return (
    <Field {...frame} required={false} group>
      {() => (
        <div className="stack-tight">
          {people.length > 0 && (
            <ul className="admin-lines" aria-label={frame.label}>
              {people.map((one) => (
                <Line key={one.userId} one={one} change={(role) => onChange(people.map((other) => (other === one ? { ...one, role } : other)))} remove={() => onChange(people.filter((other) => other !== one))} />
              ))}
            </ul>
          )}
          <Combobox
            key={people.length} label={text("admin.pick.add", { what: frame.label })} hideLabel value={null} options={options} placeholder={text("orders.assign.placeholder")}
            onChange={(userId) => { if (userId !== null && !people.some((one) => one.userId === userId)) onChange([...people, { userId, role: "involved" }]); }}
          />
        </div>
      )}
    </Field>
  );
}

function Line({ one, change, remove }: { one: Involved; change: (role: Involved["role"]) => void; remove: () => void }) {
  const text = useText();
  const name = usePerson(one.userId)?.name ?? "";
  return (
    <li>
      <bdi>{name}</bdi>
      <span className="row">
        <Select hideLabel label={text("orders.incident.role_of", { name })} value={one.role} onChange={change} options={roles.map((value) => ({ value, label: text(`orders.incident.role.${value}`) }))} />
        <IconButton icon="close" size="small" label={text("ui.tags.remove", { tag: name })} onClick={remove} />
      </span>
    </li>
  );
}
