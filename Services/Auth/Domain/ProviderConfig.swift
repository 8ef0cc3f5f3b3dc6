import Commands
import Foundation
import Identifiers

/// Where the people of a tenant log in: an identity provider that speaks OpenID Connect or SAML 2.0.
struct ProviderConfig: Hashable, Sendable {
    var tenant: TenantID
    var kind: ProviderKind
    /// As its tokens name it, exactly.
    var issuer: String
    /// Our name there.
    var clientID: String
    var scopes: [String]
    /// The claim of the ID token, or the attribute of the assertion, that lists the person's groups.
    var groupsClaim: String
    var roleMapping: [GroupRoles]
    /// Whether its e-mail addresses count as verified, though it does not say so.
    var trustsEmail = false
    var allowsPasswords: Bool
    /// Whether the API's login checks passwords there.
    var passwordLogin = false
    var isEnabled: Bool
    /// Of a provider that speaks SAML 2.0; `nil` for every other.
    var saml: SAMLSettings?
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
            passwordLogin: passwordLogin,
            isEnabled: isEnabled,
            saml: saml
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
        var passwordLogin: Bool
        var isEnabled: Bool
        var saml: SAMLSettings?
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
    var issuer: String?
    var clientId: String?
    var clientSecret: String?
    var metadata: String?
    var scopes: [String]?
    var groupsClaim: String?
    var roleMapping: [GroupRoles]
    var trustsEmail: Bool?
    var allowsPasswords: Bool?
    var passwordLogin: Bool?
    var isEnabled: Bool?
    var version: Int64?

    static let rules: Rules = [
        "issuer": .form(
            8...500,
            format: "uri",
            FieldRule(code: "not_an_issuer", "must be a URL without a query, as the provider's tokens name it"),
            example: "https://login.example.com/realms/sunfield"
        ) { ProviderURL.isPlausible($0) }
        .means("Of a provider that speaks OpenID Connect"),
        "clientId": .line(1...200).example("dcmms").means("Our name at a provider that speaks OpenID Connect"),
        "clientSecret": .secret(1...500).means(
            "Without one, the secret stays as it is; a client without any is public"
        ),
        "metadata": .text(1...200_000).means(
            "Of a provider that speaks SAML 2.0: its metadata (XML), as it shows them; without them, what was read before stays"
        ),
        "scopes": .items(1...20, each: .urlSafe(1...100)).example(["openid", "profile", "email"]),
        "groupsClaim": .line(1...200).example("groups").means(
            "The claim of the ID token, or the attribute of the assertion, that lists the person's groups"
        ),
        "roleMapping": .items(0...200).means("Which roles the members of a group have; nobody has others"),
        "trustsEmail": .means(
            "Whether its e-mail addresses count as verified, though it does not say so: only if the company itself gives them to its people"
        ),
        "allowsPasswords": .means("Whether people can also log in with a password of the directory here"),
        "passwordLogin": .means(
            "Whether POST /auth/login checks passwords at the provider (the password grant of OAuth 2.0), for programs that can't open a browser"
        ),
        "isEnabled": .means("Whether people log in there; otherwise it is only stored"),
        "version": .seenVersion,
    ]

    func check(_ errors: inout FieldErrors) {
        if let scopes {
            errors.require(
                scopes.contains("openid"),
                "scopes",
                FieldRule(code: "openid_missing", "must contain openid")
            )
        }
        let isSAML = kind == .saml
        for (name, isGiven) in [("issuer", issuer != nil), ("clientId", clientId != nil)] {
            errors.require(isGiven != isSAML, name, isSAML ? .inMetadata : .required)
        }
        for (name, isGiven) in [("clientSecret", clientSecret != nil), ("scopes", scopes != nil)] {
            errors.require(!isGiven || !isSAML, name, .onlyOpenID)
        }
        errors.require(metadata == nil || isSAML, "metadata", FieldRule(code: "only_saml", "is only for SAML"))
        errors.require(passwordLogin != true || !isSAML, "passwordLogin", .onlyOpenID)
        let groups = roleMapping.map(\.group)
        errors.require(Set(groups).count == groups.count, "roleMapping", .duplicate("must not name a group twice"))
    }

    /// - Parameters:
    ///   - name: Ours, at a provider that speaks SAML.
    ///   - saml: What its metadata say, and what it calls itself there.
    func config(for tenant: TenantID, name: String, saml: (issuer: String, SAMLSettings)?) -> ProviderConfig {
        ProviderConfig(
            tenant: tenant,
            kind: kind,
            issuer: saml?.issuer ?? issuer ?? "",
            clientID: saml == nil ? clientId ?? "" : name,
            scopes: scopes ?? kind.scopes,
            groupsClaim: groupsClaim ?? kind.groupsClaim,
            roleMapping: roleMapping,
            trustsEmail: trustsEmail ?? false,
            allowsPasswords: allowsPasswords ?? false,
            passwordLogin: passwordLogin ?? false,
            isEnabled: isEnabled ?? true,
            saml: saml?.1,
            version: 1
        )
    }
}

extension FieldRule {
    fileprivate static let inMetadata = FieldRule(code: "in_metadata", "is in the metadata (SAML)")
    fileprivate static let onlyOpenID = FieldRule(code: "only_openid_connect", "is only for OpenID Connect")
}
