import HTTPTypes
import ServiceKit

/// Why a login at a provider has failed: what people are told, and what the log keeps.
struct ProviderFailure {
    var problem: Problem
    /// For the tenant's audit log.
    var reason: String

    /// - Returns: `nil` for an error that has nothing to do with the provider.
    init?(_ error: any Error) {
        switch error {
        case let refusal as ProviderRefusal:
            problem = Problem(
                .unauthorized,
                "provider_refused",
                "the login at the identity provider has failed"
            )
            reason = refusal.description
        case ProviderOutage.slow:
            problem = Problem(
                .gatewayTimeout,
                "provider_timeout",
                "the identity provider did not answer in time",
                retryAfter: 5
            )
            reason = "the provider did not answer in time"
        case ProviderOutage.away(let text):
            problem = Problem(
                .serviceUnavailable,
                "provider_unavailable",
                "the identity provider can't be reached",
                retryAfter: 10
            )
            reason = String(text.unicodeScalars.prefix(300))
        case let refusal as Refusal: (problem, reason) = (refusal.problem, refusal.problem.code)
        default: return nil
        }
    }
}
