// The registry of identifier kinds, in alphabetical order. A new kind is two lines here.

/// Marks identifiers of one alert episode of a rule on an asset's tag.
public enum AlertKind {}
/// Identifies one alert episode of a rule on an asset's tag.
public typealias AlertID = Identifier<AlertKind>

/// Marks identifiers of an alert rule.
public enum AlertRuleKind {}
/// Identifies an alert rule.
public typealias AlertRuleID = Identifier<AlertRuleKind>

/// Marks identifiers of an asset: inverter, turbine, string, module ....
public enum AssetKind {}
/// Identifies an asset: inverter, turbine, string, module ....
public typealias AssetID = Identifier<AssetKind>

/// Marks identifiers of a file of a work order.
public enum AttachmentKind {}
/// Identifies a file of a work order.
public typealias AttachmentID = Identifier<AttachmentKind>

/// Marks identifiers of what may be spent in a year.
public enum BudgetKind {}
/// Identifies what may be spent in a year.
public typealias BudgetID = Identifier<BudgetKind>

/// Marks identifiers of a proof that a person is qualified, for a time.
public enum CertificateKind {}
/// Identifies a proof that a person is qualified, for a time.
public typealias CertificateID = Identifier<CertificateKind>

/// Marks identifiers of what somebody wrote about a work order.
public enum CommentKind {}
/// Identifies what somebody wrote about a work order.
public typealias CommentID = Identifier<CommentKind>

/// Marks identifiers of an entry in the ledger of what work costs.
public enum CostEntryKind {}
/// Identifies an entry in the ledger of what work costs.
public typealias CostEntryID = Identifier<CostEntryKind>

/// Marks identifiers of people who work together.
public enum CrewKind {}
/// Identifies people who work together.
public typealias CrewID = Identifier<CrewKind>

/// Marks identifiers of a record that its consumer refused.
public enum DeadLetterKind {}
/// Identifies a record that its consumer refused.
public typealias DeadLetterID = Identifier<DeadLetterKind>

/// Marks identifiers of a technician's phone or tablet that works offline.
public enum DeviceKind {}
/// Identifies a technician's phone or tablet that works offline.
public typealias DeviceID = Identifier<DeviceKind>

/// Marks identifiers of one event on a topic; the key of the consumers' inbox.
public enum EventKind {}
/// Identifies one event on a topic; the key of the consumers' inbox.
public typealias EventID = Identifier<EventKind>

/// Marks identifiers of an incident or a near miss.
public enum IncidentKind {}
/// Identifies an incident or a near miss.
public typealias IncidentID = Identifier<IncidentKind>

/// Marks identifiers of one message to one person over one channel.
public enum NotificationKind {}
/// Identifies one message to one person over one channel.
public typealias NotificationID = Identifier<NotificationKind>

/// Marks identifiers of what happened to pieces of a part.
public enum PartMovementKind {}
/// Identifies what happened to pieces of a part.
public typealias PartMovementID = Identifier<PartMovementKind>

/// Marks identifiers of a permit to work.
public enum PermitKind {}
/// Identifies a permit to work.
public typealias PermitID = Identifier<PermitKind>

/// Marks identifiers of one failure prediction for an asset.
public enum PredictionKind {}
/// Identifies one failure prediction for an asset.
public typealias PredictionID = Identifier<PredictionKind>

/// Marks identifiers of a request for a work order by an alert or a prediction.
public enum RequestKind {}
/// Identifies a request for a work order by an alert or a prediction.
public typealias RequestID = Identifier<RequestKind>

/// Marks identifiers of a security key or passkey of a person.
public enum SecurityKeyKind {}
/// Identifies a security key or passkey of a person.
public typealias SecurityKeyID = Identifier<SecurityKeyKind>

/// Marks identifiers of a sensor: a tag of an asset, with unit and range.
public enum SensorKind {}
/// Identifies a sensor: a tag of an asset, with unit and range.
public typealias SensorID = Identifier<SensorKind>

/// Marks identifiers of a login session: the family of refresh tokens that began with one login.
public enum SessionKind {}
/// Identifies a login session: the family of refresh tokens that began with one login.
public typealias SessionID = Identifier<SessionKind>

/// Marks identifiers of a signature under a work order.
public enum SignatureKind {}
/// Identifies a signature under a work order.
public typealias SignatureID = Identifier<SignatureKind>

/// Marks identifiers of a solar or wind site.
public enum SiteKind {}
/// Identifies a solar or wind site.
public typealias SiteID = Identifier<SiteKind>

/// Marks identifiers of one change made offline; the idempotency key of a push.
public enum SyncChangeKind {}
/// Identifies one change made offline; the idempotency key of a push.
public typealias SyncChangeID = Identifier<SyncChangeKind>

/// Marks identifiers of a task of a work order.
public enum TaskKind {}
/// Identifies a task of a work order.
public typealias TaskID = Identifier<TaskKind>

/// Marks identifiers of a team: people who do each other's work.
public enum TeamKind {}
/// Identifies a team: people who do each other's work.
public typealias TeamID = Identifier<TeamKind>

/// Marks identifiers of a tenant: the customer whose data is kept apart from all others'.
public enum TenantKind {}
/// Identifies a tenant: the customer whose data is kept apart from all others'.
public typealias TenantID = Identifier<TenantKind>

/// Marks identifiers of a person with a login.
public enum UserKind {}
/// Identifies a person with a login.
public typealias UserID = Identifier<UserKind>

/// Marks identifiers of a list that somebody keeps under a name.
public enum ViewKind {}
/// Identifies a list that somebody keeps under a name.
public typealias ViewID = Identifier<ViewKind>

/// Marks identifiers of a work order.
public enum WorkOrderKind {}
/// Identifies a work order.
public typealias WorkOrderID = Identifier<WorkOrderKind>

/// Marks identifiers of a part that a work order needs.
public enum WorkPartKind {}
/// Identifies a part that a work order needs.
public typealias WorkPartID = Identifier<WorkPartKind>

/// Marks identifiers of a template of work orders.
public enum WorkTemplateKind {}
/// Identifies a template of work orders.
public typealias WorkTemplateID = Identifier<WorkTemplateKind>
