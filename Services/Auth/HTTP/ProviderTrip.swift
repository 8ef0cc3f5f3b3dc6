import Foundation
import Identifiers
import ServiceKit

/// What a browser carries, sealed, while its person is at a provider.
struct ProviderTrip: Codable, Sendable {
    var tenant: TenantID
    var issuer: String
    var secrets: ProviderSecrets
    var client: String
    var redirect: String
    var state: String
    var challenge: String
    var isFresh: Bool
    var begunAt: Date

    static let lifetime: TimeInterval = 900
    static let context = "login at a provider"

    /// Only the browser that went there can come back.
    static func cookie(_ config: ProviderConfig) -> HostCookie { config.saml == nil ? redirectCookie : formCookie }

    private static let redirectCookie = HostCookie("dcmms_provider")
    /// An answer of SAML comes in a form of the provider's page, and browsers send cookies with a form of another site only if they are for
    /// that (`SameSite=None`). It lets nobody in by itself: the answer has to be for the request that is in it.
    private static let formCookie = HostCookie("dcmms_saml", isForOtherSites: true)

    init(_ config: ProviderConfig, _ secrets: ProviderSecrets, _ request: Authorization, at now: Date) {
        (tenant, issuer, self.secrets) = (config.tenant, config.issuer, secrets)
        (client, redirect, state, challenge) = (request.client, request.redirect, request.state, request.challenge)
        (isFresh, begunAt) = (request.isFresh, now)
    }

    var request: Authorization {
        Authorization(client: client, redirect: redirect, state: state, challenge: challenge, isFresh: isFresh)
    }
}
