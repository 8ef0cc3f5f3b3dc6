/// A Kafka topic of the fleet: its name, how it is split and how long its records live.
public struct Topic: Hashable, Sendable {
    /// The name, `<context>.<what>`.
    public let name: String
    /// Partitions when it is created. Telemetry has 24, as the specification asks; the rest few.
    public let partitions: Int
    /// Whether only the newest record of each key is kept. A compacted topic is a *state topic*: a consumer that reads it
    /// from the beginning has the whole state, and a record without a value (a tombstone) deletes its key.
    public let isCompacted: Bool
    /// How long a record is kept, in hours; `nil` keeps it for ever (state topics).
    public let retentionHours: Int?
    /// Within how many hours a record is gone whose key has a newer one; `nil` leaves it to the log. Only for state topics.
    public let forgettingHours: Int?

    private init(
        _ name: String,
        partitions: Int,
        compacted: Bool = false,
        retentionHours: Int? = 7 * 24,
        forgettingHours: Int? = nil
    ) {
        self.name = name
        self.partitions = partitions
        self.isCompacted = compacted
        self.retentionHours = compacted ? nil : retentionHours
        self.forgettingHours = forgettingHours
    }

    /// Where a record goes that its consumer cannot decode or refuses for its own sake: `<topic>.dlq`, reason in headers.
    public var deadLetters: Topic {
        Topic("\(name).dlq", partitions: 1, retentionHours: 30 * 24)
    }
}

// MARK: - The fleet's topics

// Some carry facts that no daemon reads yet: telemetry.validated, telemetry.invalid, workorders.events, alerts.events,
// notifications.events and predictions.events are for analytics, compliance and other readers.

extension Topic {
    /// Readings as the sites sent them. Key: `site/asset` by their codes.
    public static let telemetryRaw = Topic("telemetry.raw", partitions: 24, retentionHours: 72)
    /// Readings that passed validation, deduplicated. Key: the asset's id.
    public static let telemetryValidated = Topic("telemetry.validated", partitions: 24, retentionHours: 24)
    /// Payloads and readings that were refused, with the reason.
    public static let telemetryInvalid = Topic("telemetry.invalid", partitions: 3, retentionHours: 30 * 24)
    /// Closed windows of 1, 5, 15 and 60 minutes. Key: the asset's id.
    public static let telemetryAggregates = Topic("telemetry.aggregates", partitions: 24)

    /// Patterns that the stream processor found, and their ends. Key: the asset's id.
    public static let alertsCritical = Topic("alerts.critical", partitions: 3)
    /// Alert rules (state). Key: the rule's id.
    public static let alertRules = Topic("alerts.rules", partitions: 1, compacted: true)
    /// The states of an alert. Key: the alert's id.
    public static let alertEvents = Topic("alerts.events", partitions: 3)

    /// Work orders that an alert or a prediction asks for. Key: the request's id.
    public static let workOrdersRequested = Topic("workorders.requested", partitions: 3)
    /// Work orders, open and closed (state). Key: the work order's id.
    public static let workOrderState = Topic("workorders.state", partitions: 3, compacted: true)
    /// What happened to work orders, as facts; their present state is in ``workOrderState``. Key: the work order's id.
    public static let workOrderEvents = Topic("workorders.events", partitions: 3, retentionHours: 30 * 24)

    /// Sites and assets (state). Key: the site's or asset's id.
    public static let assetEvents = Topic("assets.events", partitions: 3, compacted: true)
    /// Sensors, that is the tag registry (state). Key: the sensor's id.
    public static let assetSensors = Topic("assets.sensors", partitions: 3, compacted: true)

    /// Public keys that sign access tokens (state). Key: the key id `kid`.
    public static let authKeys = Topic("auth.keys", partitions: 1, compacted: true)
    /// Roles with their permissions (state). Key: tenant and role.
    public static let authPolicies = Topic("auth.policies", partitions: 1, compacted: true)
    /// Users as other services need them (state). Key: the user's id. The only topic with names and addresses: those of somebody who was
    /// erased are gone within a day.
    public static let authUsers = Topic("auth.users", partitions: 3, compacted: true, forgettingHours: 24)
    /// Tenants (state). Key: the tenant's id.
    public static let authTenants = Topic("auth.tenants", partitions: 1, compacted: true)
    /// Keys with which machines use the API (state). Key: the key's id.
    public static let authAPIKeys = Topic("auth.api-keys", partitions: 1, compacted: true)
    /// When keys were used. Key: the key's id.
    public static let authAPIKeyUses = Topic("auth.api-key-uses", partitions: 1, retentionHours: 24)
    /// Sessions that ended before their tokens expired. Key: the session's id.
    public static let authSessions = Topic("auth.sessions", partitions: 1, retentionHours: 24)

    /// Changes that were made offline, for their owner to decide. Key: the work order's id, of its tasks' changes too.
    public static let syncChanges = Topic("sync.changes", partitions: 3)
    /// What the owner decided of a change. Key: the entity's id.
    public static let syncResults = Topic("sync.results", partitions: 3)

    /// Mails to people about their accounts. Key: the mail's id.
    public static let mailsRequested = Topic("mails.requested", partitions: 3)
    /// What was sent to whom over which channel. Key: the notification's id.
    public static let notificationEvents = Topic("notifications.events", partitions: 3)
    /// Failure predictions. Key: the asset's id.
    public static let predictionEvents = Topic("predictions.events", partitions: 3)
    /// Who did what, from every service; kept in the audit log of the auth service. Key: the tenant's id.
    public static let auditEvents = Topic("audit.events", partitions: 3, retentionHours: 30 * 24)

    /// What the fleet's daemons write events with (state). Key: the schema's id. See ``LearnedSchemas``.
    public static let schemas = Topic("fleet.schemas", partitions: 1, compacted: true)

    /// How each instance of each daemon does (state). Key: the instance. What is newer replaces it soon: it comes every ten seconds.
    public static let fleetHealth = Topic("fleet.health", partitions: 1, compacted: true, forgettingHours: 1)

    /// Every topic of the fleet, without the dead-letter topics.
    public static let all: [Topic] = [
        telemetryRaw, telemetryValidated, telemetryInvalid, telemetryAggregates, alertsCritical, alertRules,
        alertEvents,
        workOrdersRequested, workOrderState, workOrderEvents, assetEvents, assetSensors, authKeys, authPolicies,
        authUsers,
        authSessions, authTenants, authAPIKeys, authAPIKeyUses,
        syncChanges, syncResults, mailsRequested, notificationEvents, predictionEvents, auditEvents,
        schemas, fleetHealth,
    ]
}
