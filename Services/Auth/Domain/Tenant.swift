import EventSchema
import Identifiers

/// A customer: whose people, sites and data belong together and are seen by nobody else.
struct Tenant: Codable, Hashable, Sendable {
    var id: TenantID
    var name: String
    /// Every request of its people and machines is refused while it is suspended. Readings are still stored, because they could not be had
    /// later.
    var isSuspended = false
    /// For its administrators and the platform's.
    var suspensionReason: String?
    var timeZone = "UTC"
    var currency = "EUR"
    var language = "en"
    /// When contractors may use the system, in minutes after midnight; `nil`: at any time.
    var contractorsFrom: Int?
    var contractorsUntil: Int?
    /// How far from its planned start work may begin; `nil`: at any time.
    var startWindowMinutes: Int?
    /// Whether the API's login accepts its people's passwords. The login page in the browser is not affected.
    var acceptsPasswords = true
    /// Whether work is given only to people with the skills that it requires.
    var requiresSkills = false
    /// Pages of these origins may use the API with a token.
    var allowedOrigins: [String] = []
    var version: Int64 = 1

    /// As it is published to the other services.
    var state: TenantState {
        TenantState(
            id: id,
            name: name,
            isSuspended: isSuspended,
            timeZone: timeZone,
            currency: currency,
            language: language,
            contractorsFrom: contractorsFrom,
            contractorsUntil: contractorsUntil,
            startWindowMinutes: startWindowMinutes,
            requiresSkills: requiresSkills,
            allowedOrigins: allowedOrigins,
            version: version
        )
    }
}
