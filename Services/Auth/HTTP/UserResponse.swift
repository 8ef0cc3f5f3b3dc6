import Access
import EventSchema
import Foundation
import Identifiers
import ServiceKit

/// A person as clients see them.
struct UserResponse: Answer, Codable {
    struct TemporaryRole: Codable, Sendable {
        var role: String
        var expiresAt: Date
        var assignedBy: UserID?
    }

    /// A permission that all of the person's roles give only under a condition.
    struct Limit: Codable, Hashable, Sendable {
        var permission: String
        var condition: GrantCondition
    }

    var id: UserID
    var tenantId: TenantID
    var email: String
    /// What the organization calls the person, such as a personnel number.
    var code: String?
    var firstName: String?
    var lastName: String?
    /// As others see the person.
    var displayName: String
    var phone: String?
    /// The language that the person has chosen; without one, the browser's counts.
    var language: User.Language?
    /// The IANA time zone that the person has chosen; without one, the browser's counts.
    var timeZone: String?
    /// The units that the person reads measured values in; without a choice, and for `metric`, those of the sensors. The API itself always has those of the sensors.
    var units: User.Units?
    var roles: [String]
    var siteIds: [SiteID]
    var assetIds: [AssetID]
    var teamId: TeamID?
    /// Some rules of a tenant concern only contractors.
    var employment: Employment
    /// What the person is qualified to do, in the tenant's words.
    var skills: [String]
    var isActive: Bool
    /// Whether they have not accepted their invitation yet.
    var isInvited: Bool
    /// Whether their data were erased: name and address are placeholders then, and nothing can be changed.
    var isErased: Bool
    /// What else the organization notes about the person.
    var metadata: [Metadata.Entry]
    var createdAt: Date
    var updatedAt: Date
    /// Not for the caller themselves.
    var lastLoginAt: Date?
    /// The issuer of the identity provider that the person logs in at.
    var identityProvider: String?
    var version: Int64
    /// Those of the roles that end by themselves. Only where one user is read.
    var temporaryRoles: [TemporaryRole]?
    /// Only for the caller: what their roles permit at this moment.
    var permissions: [String]?
    /// Only for the caller: which of it they may do under a condition only. With several for one permission, one of them is enough.
    var limits: [Limit]?

    init(_ user: User) {
        id = user.id
        tenantId = user.tenant
        email = user.email
        code = user.code
        firstName = user.firstName
        lastName = user.lastName
        displayName = user.displayName
        phone = user.phone
        language = user.language
        timeZone = user.timeZone
        units = user.units
        roles = user.roles
        siteIds = user.sites
        assetIds = user.assets
        teamId = user.team
        employment = user.employment
        skills = user.skills
        isActive = user.isActive
        isInvited = user.invitedAt != nil
        isErased = user.erasedAt != nil
        metadata = user.metadata.entries
        createdAt = user.createdAt
        updatedAt = user.updatedAt
        lastLoginAt = user.lastLoginAt
        identityProvider = user.idpProvider
        version = user.version
    }
}

extension UserResponse {
    /// Adds what the caller's roles permit, so that a client offers nothing that would be refused.
    mutating func add(_ grants: Grants) {
        let permitted = grants.permissions.sorted { $0.rawValue < $1.rawValue }
        permissions = permitted.map(\.rawValue)
        limits = permitted.flatMap { permission in
            let conditions = grants.terms(of: permission).map(\.condition)
            guard !conditions.contains(nil) else { return [Limit]() }
            return Set(conditions.compactMap { $0 }).sorted { $0.rawValue < $1.rawValue }
                .map { Limit(permission: permission.rawValue, condition: $0) }
        }
    }
}
