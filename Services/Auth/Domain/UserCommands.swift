import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// Creates a user.
struct CreateUser: Input {
    var email: String
    var displayName: String
    var phone: String?
    var roles: [String]
    var siteIds: [SiteID]?
    var assetIds: [AssetID]?
    var teamId: TeamID?
    var employment: Employment?
    var password: String?

    static let rules: Rules = [
        "email": .email,
        "displayName": .line(1...200).example("Anna Berg"),
        "phone": .phone,
        "roles": .roles,
        "siteIds": .places,
        "assetIds": .places,
        "password": .newPassword.means("Without one, the person gets an invitation by mail, and chooses it"),
    ]

    var places: Membership { Membership(sites: Set(siteIds ?? []), assets: Set(assetIds ?? []), team: teamId) }

    /// The user, before they have accepted.
    func invited(into tenant: TenantID, at now: Date) -> User {
        User(
            id: .new(),
            tenant: tenant,
            email: email.lowercased(),
            displayName: displayName,
            phone: phone,
            roles: roles,
            sites: siteIds ?? [],
            assets: assetIds ?? [],
            team: teamId,
            employment: employment ?? .employee,
            isActive: false,
            invitedAt: now,
            version: 1
        )
    }
}

/// Changes a user's profile.
struct ChangeUser: Input {
    var displayName: Patch<String>
    var phone: Patch<String?>
    var version: Int64?

    static let rules: Rules = [
        "displayName": .line(1...200).example("Anna Berg"), "phone": .phone, "version": .seenVersion,
    ]
}

/// Sets all roles of a user, and the places that the roles' scopes refer to.
struct AssignRoles: Input {
    struct TemporaryRole: Input {
        var role: String
        var expiresAt: Date

        static let rules: Rules = ["role": .line(1...64).example("supervisor")]
    }

    var roles: [String]
    var temporaryRoles: [TemporaryRole]?
    var siteIds: [SiteID]?
    var assetIds: [AssetID]?
    var teamId: TeamID?
    var employment: Employment?
    var version: Int64?

    static let rules: Rules = [
        "employment": .means("Omit it to keep the present one"),
        "roles": .items(0...20, each: .line(1...64)).example(["technician"]),
        "temporaryRoles": .items(0...20).means("Roles that end by themselves"),
        "siteIds": .places,
        "assetIds": .places,
        "version": .seenVersion,
    ]

    func check(_ errors: inout FieldErrors) {
        let all = roles + (temporaryRoles ?? []).map(\.role)
        errors.require(Set(all).count == all.count, "temporaryRoles", "must not name a role twice")
    }

    /// When roles end, by their names.
    var ends: [String: Date] { Dictionary((temporaryRoles ?? []).map { ($0.role, $0.expiresAt) }) { $1 } }

    var places: Membership { Membership(sites: Set(siteIds ?? []), assets: Set(assetIds ?? []), team: teamId) }
}

extension Rule {
    static let roles = Rule.items(1...20, each: .line(1...64)).example(["technician"])
    static let places = Rule.items(0...500)
    static let seenVersion = Rule.whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
}
