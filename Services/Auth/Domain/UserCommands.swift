import Access
import Commands
import EventSchema
import Foundation
import Identifiers

/// Creates a user.
struct CreateUser: Input {
    var email: String
    var code: String?
    var firstName: String?
    var lastName: String?
    var displayName: String?
    var phone: String?
    var roles: [String]
    var siteIds: [SiteID]?
    var assetIds: [AssetID]?
    var teamId: TeamID?
    var employment: Employment?
    var skills: [String]?
    var metadata: [Metadata.Entry]?
    var password: String?

    static let rules: Rules = [
        "email": .email,
        "code": .personCode,
        "firstName": .givenName,
        "lastName": .familyName,
        "displayName": .displayName.means("Without one, the first and the last name"),
        "phone": .phone,
        "roles": .roles,
        "skills": .skills,
        "metadata": .metadata,
        "siteIds": .places,
        "assetIds": .places,
        "password": .newPassword.means("Without one, the person gets an invitation by mail, and chooses it"),
    ]

    func check(_ errors: inout FieldErrors) {
        errors.require(!name.isEmpty, "displayName", .required("is required, or firstName and lastName"))
        errors.check(metadata)
        errors.check(skills: skills)
    }

    private var name: String {
        displayName ?? [firstName, lastName].compactMap(\.self).joined(separator: " ")
    }

    var places: Membership { Membership(sites: Set(siteIds ?? []), assets: Set(assetIds ?? []), team: teamId) }

    /// The user, before they have accepted.
    func invited(into tenant: TenantID, at now: Date) -> User {
        User(
            id: .new(),
            tenant: tenant,
            email: email.lowercased(),
            code: code,
            firstName: firstName,
            lastName: lastName,
            displayName: name,
            phone: phone,
            roles: roles,
            sites: siteIds ?? [],
            assets: assetIds ?? [],
            team: teamId,
            employment: employment ?? .employee,
            skills: skills ?? [],
            isActive: false,
            invitedAt: now,
            metadata: Metadata(metadata ?? []),
            createdAt: now,
            updatedAt: now,
            version: 1
        )
    }
}

/// Which users somebody wants to see: those that match everything that is given.
struct UserFilter: Input {
    enum Status: String, Codable, CaseIterable, Sendable {
        case active, invited, inactive
    }

    var status: Status?
    var role: String?
    var search: String?

    static let rules: Rules = [
        "role": .line(1...64).example("technician"),
        "search": .line(1...100).means("A part of a name, the code or the address").example("berg"),
    ]
}

/// Changes a user's profile.
struct ChangeUser: Input {
    var code: Patch<String?>
    var firstName: Patch<String?>
    var lastName: Patch<String?>
    var displayName: Patch<String>
    var phone: Patch<String?>
    var skills: Patch<[String]>
    var metadata: Patch<[Metadata.Entry]>
    var version: Int64?

    static let rules: Rules = [
        "code": .personCode, "firstName": .givenName, "lastName": .familyName, "displayName": .displayName,
        "phone": .phone,
        "skills": .skills, "metadata": .metadata, "version": .seenVersion,
    ]

    func check(_ errors: inout FieldErrors) {
        errors.check(metadata.value)
        errors.check(skills: skills.value)
    }

    /// What the organization says of a person, and not the person of themselves, needs the permission to create users as well.
    var permissions: [Permission] {
        let isOfOrganization = code != .keep || skills != .keep || metadata != .keep
        return isOfOrganization ? [.userUpdate, .userCreate] : [.userUpdate]
    }

    func apply(to user: inout User) {
        code.apply(to: &user.code)
        firstName.apply(to: &user.firstName)
        lastName.apply(to: &user.lastName)
        displayName.apply(to: &user.displayName)
        phone.apply(to: &user.phone)
        skills.apply(to: &user.skills)
        if let metadata = metadata.value { user.metadata = Metadata(metadata) }
    }
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
        errors.require(Set(all).count == all.count, "temporaryRoles", .duplicate("must not name a role twice"))
    }

    /// When roles end, by their names.
    var ends: [String: Date] { Dictionary((temporaryRoles ?? []).map { ($0.role, $0.expiresAt) }) { $1 } }

    var places: Membership { Membership(sites: Set(siteIds ?? []), assets: Set(assetIds ?? []), team: teamId) }
}

extension Rule {
    static let roles = Rule.items(1...20, each: .line(1...64)).example(["technician"])
    static let personCode = Rule.line(1...32).means(
        "What the organization calls the person, such as a personnel number; unique in the tenant"
    ).example("T-017")
    static let givenName = Rule.line(1...100).example("Anna")
    static let familyName = Rule.line(1...100).example("Berg")
    static let displayName = Rule.line(1...200).example("Anna Berg")
    static let skills = Rule.items(0...50, each: .line(1...64)).means(
        "What the person is qualified to do, in the tenant's words"
    ).example(["high voltage", "rope access"])
    static let places = Rule.items(0...500)
    static let seenVersion = Rule.whole(1...Int64.max).means(
        "The version that the client read last; another current version is a conflict"
    )
}

extension FieldErrors {
    mutating func check(skills: [String]?) {
        let skills = (skills ?? []).map { $0.lowercased() }
        require(Set(skills).count == skills.count, "skills", .duplicate("must not have a skill twice"))
    }
}
