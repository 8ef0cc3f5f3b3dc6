import Commands
import Foundation

/// What is special about the vendors of identity providers, where it can't be learnt from their discovery documents.
enum ProviderKind: String, Codable, CaseIterable, Sendable {
    /// Any provider that keeps to OpenID Connect.
    case oidc
    case keycloak
    case auth0
    case entra
    case okta
    /// Any provider that speaks SAML 2.0. Its metadata say the rest.
    case saml

    /// Those that speak OpenID Connect.
    static let openID: [ProviderKind] = [.oidc, .keycloak, .auth0, .entra, .okta]

    /// What is asked for, unless the tenant sets something else. Okta gives groups only to those who ask for them.
    var scopes: [String] {
        let usual = ["openid", "profile", "email"]
        return switch self {
        case .okta: usual + ["groups"]
        case .saml: []
        case .oidc, .keycloak, .auth0, .entra: usual
        }
    }

    /// Auth0 refuses names of claims that are no URLs, so there is no usual one: a tenant sets it.
    var groupsClaim: String { "groups" }

    /// The claim that names the person for ever. The `sub` of Entra ID is another one for each client, so that a new client would be full of
    /// strangers.
    var subjectClaim: String { self == .entra ? "oid" : "sub" }

    /// The claim that says whether the e-mail address is the person's. Entra ID sends no `email_verified`; its optional claim says whether the
    /// address's domain belongs to the company.
    var verifiedClaim: String { self == .entra ? "xms_edov" : "email_verified" }

    /// The page of a logout, where discovery names none: older tenants of Auth0 have only their own.
    func logout(issuer: String, clientID: String, returnTo: String) -> (url: String, fields: [(String, String)])? {
        guard self == .auth0 else { return nil }
        let base = issuer.hasSuffix("/") ? issuer : issuer + "/"
        return ("\(base)v2/logout", [("client_id", clientID), ("returnTo", returnTo)])
    }

    /// Whether a token says that it does not list the groups because they are too many (Entra ID: more than 200).
    func hidesGroups(_ claims: JSONValue, claim: String) -> Bool {
        guard self == .entra, claims[claim] == nil else { return false }
        return claims["_claim_names"]?[claim] != nil || claims["hasgroups"] != nil
    }
}

/// Addresses at an identity provider. A tenant's administrator chooses them, and our servers call them: they must not lead to what only our
/// servers reach (server-side request forgery).
enum ProviderURL {
    /// Whether it can be the URL of an issuer (OpenID Connect Discovery, section 4).
    static func isPlausible(_ text: String) -> Bool {
        guard let url = URLComponents(string: text), url.scheme == "https" || url.scheme == "http", url.host != nil,
            url.query == nil, url.fragment == nil, url.user == nil, url.password == nil
        else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Whether our servers may call it: by TLS, and by a name or a public address. A name that leads to a private address does not help
    /// anybody: what answers there would have to have a certificate for the name.
    ///
    /// - Parameter isLocal: Whether the installation itself is on this machine only; then its provider can be, too.
    static func isAllowed(_ text: String, isLocal: Bool) -> Bool {
        guard isPlausible(text) || isPlausible(String(text.prefix { $0 != "?" })),
            let url = URLComponents(string: text), let host = url.host?.lowercased(), !host.isEmpty
        else { return false }
        if isLoopback(host) { return isLocal }
        return url.scheme == "https" && !isAddress(host) && host.contains(".") && !host.hasSuffix(".local")
            && !host.hasSuffix(".internal") && !host.hasSuffix(".svc") && !host.hasSuffix(".localhost")
    }

    /// Whether a host is this machine.
    static func isLoopback(_ host: String) -> Bool { ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host) }

    /// A provider on the internet has a name. All spellings of numbers count: `0x7f.1` is an address for some resolvers.
    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") || host.hasPrefix("[") { return true }
        guard let last = host.split(separator: ".", omittingEmptySubsequences: true).last else { return true }
        return last.first?.isNumber ?? true
    }
}
