import Logging
import ServiceLifecycle

/// Seals the stored secrets with the first key that were sealed with another: at the start, and then each minute, because another
/// instance may still have the keys of before.
struct SecretUpkeep: Service {
    let factors: SecondFactors
    let logger: Logger

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    var sealed = 0
                    while case let batch = try await factors.sealAnew(), batch > 0 { sealed += batch }
                    if sealed > 0 { logger.notice("secrets were sealed anew", metadata: ["count": "\(sealed)"]) }
                } catch is CancellationError {
                    return
                } catch {
                    logger.warning("secrets are not sealed anew", metadata: ["error": "\(String(reflecting: error))"])
                }
                try? await Task.sleep(for: .seconds(60))
            }
        }
    }
}
