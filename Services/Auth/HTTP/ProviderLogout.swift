import Foundation
import HTTPTypes
import Identifiers
import Logging
import Messaging
import ServiceKit

/// What a provider tells us, server to server, when somebody has logged out there (OpenID Connect Back-Channel Logout).
struct ProviderLogout: Sendable {
    let login: ProviderLogin

    /// Where a provider tells it.
    func address(of tenant: TenantID) -> String { login.address(of: tenant, "logout") }

    /// Ends the sessions that the token says. Who has none has logged out already, and that is no error.
    ///
    /// - Throws: ``Problem``: 400 for a token that is not accepted, 503 and 504 if the provider's keys can't be had.
    func end(_ token: String, at tenant: TenantID, by act: Act, _ logger: Logger) async throws {
        do {
            guard let config = try await login.providers.enabled(tenant), config.saml == nil else {
                throw ProviderRefusal("the tenant has no provider that sends logouts")
            }
            let claims = try await login.openID.logout(token, config, at: act.time)
            try await login.codes.sessions.end(claims, at: config, by: act)
        } catch {
            guard let failure = ProviderFailure(error) else { throw error }
            // Not in the audit log: anybody can send something here, as often as they like.
            logger.warning(
                "a logout of an identity provider is refused",
                metadata: ["tenant": "\(tenant)", "reason": "\(failure.reason)"]
            )
            guard error is ProviderRefusal else { throw failure.problem }
            throw Problem(.badRequest, "logout_refused", "the logout token is not accepted")
        }
    }
}
