import Commands
import Foundation

/// What a provider that speaks SAML 2.0 says of itself in its metadata, as far as logins need it.
struct SAMLSettings: Codable, Hashable, Sendable {
    /// Where a browser goes to log in (HTTP-Redirect).
    var loginUrl: String
    /// The certificates with its keys, in base64 (DER).
    var certificates: [String]

    /// Providers publish the next certificate before they use it; more would only cost time.
    static let mostCertificates = 10
}

/// Pages of a provider to which only browsers go: unlike those that our servers call, they can be on the tenant's own network.
enum ProviderPage {
    /// - Parameter isLocal: Whether the installation is on this machine only; then its provider can be, too, without TLS.
    static func isAllowed(_ text: String, isLocal: Bool) -> Bool {
        guard text.utf8.count <= 1000, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let url = URLComponents(string: text), let host = url.host, !host.isEmpty, url.fragment == nil,
            url.user == nil, url.password == nil
        else { return false }
        return url.scheme == "https" || (url.scheme == "http" && isLocal && ProviderURL.isLoopback(host))
    }
}
