import { useState } from "react";
import { Badge, Banner, Button, Card, CopyButton, English, FigureCard, Icon, IconButton, type IconName, KeyValue, PageHeader, Progress, SegmentedControl, Skeleton, Spinner, Tabs, Tooltip } from "../../../shared/ui";
import { strokes } from "../../../shared/ui/icons";
import { Section } from "./Section";

const tones = ["neutral", "info", "success", "warning", "danger", "purple"] as const;

export function Basics() {
  const [view, setView] = useState<"list" | "board" | "calendar">("list");
  const [tab, setTab] = useState<"overview" | "tasks" | "history">("overview");
  const [busy, setBusy] = useState(false);
  return (
    <>
      <Section title="Page header" wide>
        <PageHeader
          title="Inverter 12.3"
          crumbs={[{ title: "Sites", to: "/sites" }, { title: "Almería North", to: "/sites/1" }]}
          meta={<Badge tone="success" icon="check-circle">Operational</Badge>}
          description="Sungrow SG3125HV, in service since May 2021"
          actions={<><Button icon="download">Export</Button><Button kind="primary" icon="plus">New work order</Button></>}
        />
      </Section>
      <Section title="Buttons">
        <Button kind="primary">Save</Button>
        <Button>Cancel</Button>
        <Button kind="ghost" icon="filter">Filter</Button>
        <Button kind="danger" icon="trash">Delete</Button>
        <Button kind="primary" busy={busy} onClick={() => { setBusy(true); setTimeout(() => setBusy(false), 3000); }}>Press to be busy</Button>
        <Button busy>Saving</Button>
        <Button kind="primary" disabledReason="All tasks have to be done first.">Complete</Button>
        <Button disabledReason="Only a manager may do this.">Cancel order</Button>
        <Button size="small">Small</Button>
        <Button size="large" kind="primary">Large</Button>
        <Button iconEnd="chevron-down">With an end</Button>
      </Section>
      <Section title="Icon buttons">
        <IconButton icon="refresh" label="Refresh" />
        <IconButton icon="bell" label="Watch" pressed />
        <IconButton icon="edit" label="Edit" size="small" />
        <IconButton icon="refresh" label="Refreshing" busy />
        <IconButton icon="trash" label="Delete" disabledReason="It is in use." />
      </Section>
      <Section title="Badges">
        {tones.map((tone) => <Badge key={tone} tone={tone}>{tone}</Badge>)}
        {tones.map((tone) => <Badge key={tone} tone={tone} icon="bolt" plain>{tone}</Badge>)}
      </Section>
      <Section title="Banners" wide>
        <Banner>Times are in the zone of the site.</Banner>
        <Banner tone="success">The chain of the audit log is whole.</Banner>
        <Banner tone="warning" icon="offline" action={<Button size="small">Try again</Button>}>No connection: what you see is from 12:04.</Banner>
        <Banner tone="danger" close={() => undefined}>The order was changed by somebody else.</Banner>
      </Section>
      <Section title="Tabs" wide>
        <Tabs label="Asset" value={tab} onChange={setTab} tabs={[{ value: "overview", label: "Overview" }, { value: "tasks", label: "Work orders", count: 12 }, { value: "history", label: "History" }]}>
          <p>The open tab is {tab}.</p>
        </Tabs>
      </Section>
      <Section title="Segmented control">
        <SegmentedControl label="View" value={view} onChange={setView} options={[{ value: "list", label: "List", icon: "list" }, { value: "board", label: "Board", icon: "board", count: 7 }, { value: "calendar", label: "Calendar", icon: "calendar" }]} />
        <SegmentedControl label="View, icons only" iconsOnly value={view} onChange={setView} options={[{ value: "list", label: "List", icon: "list" }, { value: "board", label: "Board", icon: "board" }, { value: "calendar", label: "Calendar", icon: "calendar" }]} />
      </Section>
      <Section title="Cards" wide>
        <div className="grid-cards">
          <FigureCard label="Power now" value="184.2" unit="MW" note="92 % of what the sun allows" />
          <FigureCard label="Open alerts" value="17" note="3 critical" aside={<Icon name="bell" />} />
          <Card title="Nameplate" level={3} actions={<CopyButton value="SG-2231" label="Copy the serial number" />}>
            <KeyValue entries={[{ label: "Maker", value: "Sungrow" }, { label: "Serial number", value: "A2105-00-2231-889121" }, { label: "Warranty", value: null }, { label: "Technical message", value: <English>no route to the host</English> }]} />
          </Card>
          <Card title="Columns" level={3}><KeyValue columns entries={[{ label: "Due", value: "12 Dec 2026" }, { label: "Site", value: "Almería North" }, { label: "Effort", value: "3 h" }]} /></Card>
        </div>
      </Section>
      <Section title="Waiting" wide>
        <div className="row"><Spinner /><Spinner size={24} /></div>
        <Progress label="Import of assets" value={0.62} />
        <Progress label="Building the report" note="a minute or two" />
        <Skeleton />
      </Section>
      <Section title="Tooltip and copy">
        <Tooltip text="It was put into service in May 2021."><Button kind="ghost">Hover or focus me</Button></Tooltip>
        <CopyButton words value="https://dcmms.example/assets/1" label="Copy link" />
      </Section>
      <Section title="Icons">
        <div className="design-icons">{(Object.keys(strokes) as IconName[]).map((name) => <div key={name} className="design-icon"><Icon name={name} />{name}</div>)}</div>
      </Section>
    </>
  );
}
