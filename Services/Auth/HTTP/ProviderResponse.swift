import Crypto
import Foundation
import ServiceKit

/// A tenant's identity provider as its administrators see it: without the secret.
struct ProviderResponse: Answer, Codable, Versioned {
    var kind: ProviderKind
    var issuer: String
    var clientId: String
    var hasSecret: Bool
    var scopes: [String]
    var groupsClaim: String
    var roleMapping: [GroupRoles]
    var trustsEmail: Bool
    var allowsPasswords: Bool
    /// Whether `POST /auth/login` checks passwords at the provider.
    var passwordLogin: Bool
    var isEnabled: Bool
    /// Where browsers log in (SAML).
    var loginUrl: String?
    /// Of the certificates that its signatures are checked with (SAML), in hexadecimal.
    var certificateSha256: [String]?
    /// What has to be registered at the provider as the client's redirect URI, or as our assertion consumer service (SAML).
    var callbackUrl: String
    /// What has to be registered there as the client's URI after a logout.
    var logoutUrl: String
    /// What can be registered there as our back-channel logout URI (OpenID Connect).
    var backchannelLogoutUrl: String?
    /// Our metadata (SAML).
    var metadataUrl: String?
    var version: Int64

    init(_ config: ProviderConfig, hasSecret: Bool, _ login: ProviderLogin) {
        kind = config.kind
        issuer = config.issuer
        clientId = config.clientID
        self.hasSecret = hasSecret
        scopes = config.scopes
        groupsClaim = config.groupsClaim
        roleMapping = config.roleMapping
        trustsEmail = config.trustsEmail
        allowsPasswords = config.allowsPasswords
        passwordLogin = config.passwordLogin
        isEnabled = config.isEnabled
        loginUrl = config.saml?.loginUrl
        certificateSha256 = config.saml?.certificates.map(Self.fingerprint(of:))
        callbackUrl = login.callback(of: config)
        logoutUrl = login.publicURL + "/"
        backchannelLogoutUrl = config.saml == nil ? ProviderLogout(login: login).address(of: config.tenant) : nil
        metadataUrl = config.saml == nil ? nil : login.metadata(of: config.tenant)
        version = config.version
    }

    private static func fingerprint(of certificate: String) -> String {
        let bytes = Data(base64Encoded: certificate) ?? Data()
        return SHA256.hash(data: bytes).map { String(format: "%02x", $0) }.joined()
    }
}
