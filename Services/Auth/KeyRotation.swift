import Foundation
import Logging
import ServiceLifecycle

/// Replaces the signing keys in time, until shutdown.
struct KeyRotation: Service {
    let keys: SigningKeys
    let issuer: TokenIssuer
    let logger: Logger

    /// Another instance's new key must be known here before it signs.
    private var pause: Duration { .seconds(min(60, keys.plan.notice / 4)) }

    func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: pause)) != nil {
                do {
                    try await issuer.use(try await keys.turn(at: Date()))
                } catch {
                    logger.warning("signing keys are not checked", metadata: ["error": "\(String(reflecting: error))"])
                }
            }
        }
    }
}
