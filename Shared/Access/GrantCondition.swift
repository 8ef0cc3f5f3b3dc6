/// A restriction of a grant besides its scope, in the words of the matrix of roles and features: "assets, but only their status".
///
/// A service that does not check a condition refuses a grant that has it: a condition never widens anything.
public enum GrantCondition: String, CaseIterable, Codable, Hashable, Sendable {
    // Work orders
    /// Only of an alarm.
    case fromAlarms = "from-alarms"
    /// Only what the person who does the work records: tasks and their outcome.
    case assignedLimited = "assigned-limited"
    /// Only while it is a draft.
    case draftOnly = "draft-only"
    /// Only up to an amount of money.
    case limitedAmount = "limited-amount"
    /// Only the costs of parts.
    case partsOnly = "parts-only"

    // Assets
    /// Only what planners need: its name and its keywords.
    case planningFields = "planning-fields"
    /// Only what somebody sees who stands before it: operational, degraded, down or maintenance.
    case fieldStatus = "field-status"
    /// Only what a control room sees from afar: operational, degraded or down.
    case remoteStatus = "remote-status"
    /// Only batteries.
    case bessOnly = "bess-only"
    /// Only entries about safety.
    case safetyHistory = "safety-history"

    // Documents and certificates
    case safetyDocuments = "safety-docs"
    case complianceDocuments = "compliance-docs"
    case certificates
    case safetyCertificates = "safety-certs"
    case complianceCertificates = "compliance-certs"

    // Parts
    /// Only sums over sites.
    case aggregated
    /// Only whether there are some.
    case availability
    /// Without any cost.
    case withoutCosts = "without-costs"
    /// Only with the approval of a second person.
    case approval

    // Reports
    case inventory
    case safety
    case compliance
    case regulatory

    // People and settings
    /// Only people of the control room.
    case operators
    /// Only events of safety.
    case safetyEvents = "safety-events"
    /// Only what belongs to a site.
    case siteConfiguration = "site-config"
    /// Only connections to plant control (SCADA).
    case scada

    // Safety
    /// Only asking for it.
    case request
    /// Only isolation from energy (lockout and tagout).
    case lotoOnly = "loto-only"
    /// Only minor ones.
    case minor
}
