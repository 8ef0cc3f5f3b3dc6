import Commands
import Foundation
import Identifiers

/// Where the people of a tenant log in: an identity provider that speaks OpenID Connect.
struct ProviderConfig: Hashable, Sendable {
    var tenant: TenantID
    var kind: ProviderKind
    /// As its tokens name it, exactly.
    var issuer: String
    var clientID: String
    var scopes: [String]
    /// The claim of the ID token that lists the person's groups.
    var groupsClaim: String
    var roleMapping: [GroupRoles]
    /// Whether its e-mail addresses count as verified, though it does not say so.
    var trustsEmail = false
    var allowsPasswords: Bool
    var isEnabled: Bool
    var version: Int64

    /// The roles of somebody in these groups: those of the mapping, and no others.
    func roles(of groups: [String]) -> [String] {
        let groups = Set(groups)
        return Set(roleMapping.filter { groups.contains($0.group) }.flatMap(\.roles)).sorted()
    }

    /// As the audit log shows it; the secret is no part of it.
    var record: Record {
        Record(
            kind: kind,
            issuer: issuer,
            clientId: clientID,
            scopes: scopes,
            groupsClaim: groupsClaim,
            roleMapping: roleMapping,
            trustsEmail: trustsEmail,
            allowsPasswords: allowsPasswords,
            isEnabled: isEnabled
        )
    }

    struct Record: Codable, Hashable, Sendable {
        var kind: ProviderKind
        var issuer: String
        var clientId: String
        var scopes: [String]
        var groupsClaim: String
        var roleMapping: [GroupRoles]
        var trustsEmail: Bool
        var allowsPasswords: Bool
        var isEnabled: Bool
    }
}

/// The roles that the members of a group at the provider have here.
struct GroupRoles: Input, Codable, Hashable {
    var group: String
    var roles: [String]

    static let rules: Rules = ["group": .line(1...300).example("/dcmms/technicians"), "roles": .roles]
}

/// Sets a tenant's identity provider.
struct SetProvider: Input {
    var kind: ProviderKind
    var issuer: String
    var clientId: String
    var clientSecret: String?
    var scopes: [String]?
    var groupsClaim: String?
    var roleMapping: [GroupRoles]
    var trustsEmail: Bool?
    var allowsPasswords: Bool?
    var isEnabled: Bool?
    var version: Int64?

    static let rules: Rules = [
        "issuer": .form(
            8...500,
            format: "uri",
            "must be a URL without a query, as the provider's tokens name it",
            example: "https://login.example.com/realms/sunfield"
        ) { ProviderURL.isPlausible($0) },
        "clientId": .line(1...200).example("dcmms"),
        "clientSecret": .secret(1...500).means(
            "Without one, the secret stays as it is; a client without any is public"
        ),
        "scopes": .items(1...20, each: .urlSafe(1...100)).example(["openid", "profile", "email"]),
        "groupsClaim": .line(1...200).example("groups"),
        "roleMapping": .items(0...200).means("Which roles the members of a group have; nobody has others"),
        "trustsEmail": .means(
            "Whether its e-mail addresses count as verified, though it does not say so: only if the company itself gives them to its people"
        ),
        "allowsPasswords": .means("Whether people can also log in with a password of the directory here"),
        "isEnabled": .means("Whether people log in there; otherwise it is only stored"),
        "version": .seenVersion,
    ]

    func check(_ errors: inout FieldErrors) {
        if let scopes { errors.require(scopes.contains("openid"), "scopes", "must contain openid") }
        let groups = roleMapping.map(\.group)
        errors.require(Set(groups).count == groups.count, "roleMapping", "must not name a group twice")
    }

    func config(for tenant: TenantID) -> ProviderConfig {
        ProviderConfig(
            tenant: tenant,
            kind: kind,
            issuer: issuer,
            clientID: clientId,
            scopes: scopes ?? kind.scopes,
            groupsClaim: groupsClaim ?? kind.groupsClaim,
            roleMapping: roleMapping,
            trustsEmail: trustsEmail ?? false,
            allowsPasswords: allowsPasswords ?? false,
            isEnabled: isEnabled ?? true,
            version: 1
        )
    }
}
