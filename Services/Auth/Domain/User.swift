import Access
import EventSchema
import Foundation
import Identifiers

/// A person with a login.
struct User: Codable, Hashable, Sendable {
    var id: UserID
    var tenant: TenantID
    var email: String
    /// What the organization calls them, such as a personnel number; unique in the tenant.
    var code: String?
    var firstName: String?
    var lastName: String?
    /// As others see them.
    var displayName: String
    var phone: String?
    /// The language that they read; `nil` for what their browser says.
    var language: Language?
    /// The IANA time zone that they live in; `nil` for what their browser says.
    var timeZone: String?
    /// How they read measured values; `nil` for the units of the sensors.
    var units: Units?
    var roles: [String]
    var sites: [SiteID] = []
    var assets: [AssetID] = []
    var team: TeamID?
    var employment = Employment.employee
    /// What they are qualified to do, in the tenant's words.
    var skills: [String] = []
    var isActive: Bool
    /// When they were invited; `nil` for somebody who has accepted, or was given a password.
    var invitedAt: Date?
    /// When their data were erased; see ``erased(at:)``.
    var erasedAt: Date?
    /// What else the organization notes about them.
    var metadata = Metadata()
    var createdAt: Date
    var updatedAt: Date
    /// Logging in is no change of a user: the version stays.
    var lastLoginAt: Date?
    /// The issuer of the identity provider that they log in at; `nil` for people with a password.
    var idpProvider: String?
    var version: Int64

    /// A language that all texts of dCMMS are written in.
    enum Language: String, Codable, CaseIterable, Sendable {
        case en, de, es, fr, pt, hi, zh, ar
    }

    /// The units that measured values are shown in.
    enum Units: String, Codable, CaseIterable, Sendable {
        /// As the sensor has them.
        case metric
        /// Those that are usual in the United States: °F, mph, feet.
        case us
    }

    /// Somebody of whom nothing is left but the id. The address is free again.
    func erased(at now: Date) -> User {
        User(
            id: id,
            tenant: tenant,
            email: UserState.erasedAddress(of: id),
            displayName: UserState.erasedName,
            phone: nil,
            roles: [],
            isActive: false,
            erasedAt: now,
            createdAt: createdAt,
            updatedAt: now,
            version: version + 1
        )
    }

    /// As it is published to the other services.
    var state: UserState {
        UserState(
            id: id,
            tenant: tenant,
            email: email,
            displayName: displayName,
            phone: phone,
            roles: roles,
            sites: sites.sorted(by: precedes),
            assets: assets.sorted(by: precedes),
            team: team,
            employment: employment,
            skills: skills,
            isActive: isActive,
            version: version
        )
    }
}

/// The same order in every instance, so that equal states have equal bytes.
private func precedes<Kind>(_ one: Identifier<Kind>, _ other: Identifier<Kind>) -> Bool {
    one.description < other.description
}
