public import EventSchema
public import Postgres

// The enumerations of the events are text columns wherever a service stores them. An unknown symbol is no value to
// store: the handler treats it itself, or the event is refused.

extension PostgresEncodable where Self: EventEnumeration {
    public var refusal: String? { self == .unknown ? "the \(Self.self) is not known to this version" : nil }
}

extension AlertComparison: PostgresEncodable, PostgresDecodable {}
extension AlertSeverity: PostgresEncodable, PostgresDecodable {}
extension AlertStatus: PostgresEncodable, PostgresDecodable {}
extension AssetStatus: PostgresEncodable, PostgresDecodable {}
extension Employment: PostgresEncodable, PostgresDecodable {}
extension HoldReason: PostgresEncodable, PostgresDecodable {}
extension SigningAlgorithm: PostgresEncodable, PostgresDecodable {}
extension NotificationChannel: PostgresEncodable, PostgresDecodable {}
extension MailTemplate: PostgresEncodable, PostgresDecodable {}
extension NotificationOutcome: PostgresEncodable, PostgresDecodable {}
extension CertificateStage: PostgresEncodable, PostgresDecodable {}
extension IncidentCategory: PostgresEncodable, PostgresDecodable {}
extension IncidentSeverity: PostgresEncodable, PostgresDecodable {}
extension IncidentStatus: PostgresEncodable, PostgresDecodable {}
extension OriginVerdict: PostgresEncodable, PostgresDecodable {}
extension PermitStatus: PostgresEncodable, PostgresDecodable {}
extension PermitType: PostgresEncodable, PostgresDecodable {}
extension PartMove: PostgresEncodable, PostgresDecodable {}
extension Quality: PostgresEncodable, PostgresDecodable {}
extension ServiceClockKind: PostgresEncodable, PostgresDecodable {}
extension ServiceClockState: PostgresEncodable, PostgresDecodable {}
extension ServiceStage: PostgresEncodable, PostgresDecodable {}
extension SignatureMeaning: PostgresEncodable, PostgresDecodable {}
extension SyncEntity: PostgresEncodable, PostgresDecodable {}
extension SyncVerdict: PostgresEncodable, PostgresDecodable {}
extension TaskStatus: PostgresEncodable, PostgresDecodable {}
extension TaskOutcome: PostgresEncodable, PostgresDecodable {}
extension WorkOrderOrigin: PostgresEncodable, PostgresDecodable {}
extension WorkOrderPhase: PostgresEncodable, PostgresDecodable {}
extension WorkOrderPriority: PostgresEncodable, PostgresDecodable {}
extension WorkOrderStatus: PostgresEncodable, PostgresDecodable {}
extension WorkOrderType: PostgresEncodable, PostgresDecodable {}
